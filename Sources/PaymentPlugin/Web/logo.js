// The name as a drawing: a letter a path.
const letters = [
    "M0 0h14v5H6v5h7v5H6v9H0z", "M18 0h6v24h-6z", "M29 16a8 8 0 1 1 16 1H34q1 3 6 2h4v4q-15 4-15-7z", "M47 8h6l3 5 3-5h6l-6 8 6 8h-6l-3-5-3 5h-6l6-8z",
    "M68 18h6q0 2 3 2 2 0 2-2 0-1-4-2-7-2-7-8 0-8 9-8 8 0 8 7h-6q0-2-2-2-3 0-3 2t4 3q7 2 7 7 0 7-9 7-8 0-8-6z", "M89 0h6v9q2-2 5-2 5 0 5 6v11h-6V14q0-2-2-2t-2 2v10h-6z",
    "M108 16a8 8 0 1 1 16 0 8 8 0 1 1-16 0z", "M127 8h6v2q2-3 6-2 6 1 6 8t-7 8q-3 0-5-2v8h-6z", "M148 8h6v2q2-3 6-2 6 1 6 8t-7 8q-3 0-5-2v8h-6z",
    "M168 16a8 8 0 1 1 16 1h-11q1 3 6 2h4v4q-15 4-15-7z", "M187 8h6v2q2-3 5-2v6q-5-1-5 3v7h-6z"
];

export function logo() {
    const svg = (name, properties) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value);
        return element;
    };
    const drawing = svg("svg", { class: "logo", viewBox: "0 0 200 32", role: "img", "aria-label": "FlexShopper" });
    drawing.append(...letters.map((d) => svg("path", { class: "cls-1", d })));
    return drawing;
}
