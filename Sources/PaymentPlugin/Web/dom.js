// Elements without markup: text is always text, so nobody's name can be a script.
export function h(name, properties, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
        if (value === undefined || value === null || value === false) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (value === true) element.setAttribute(key, "");
        else element.setAttribute(key, value);
    }
    element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
    return element;
}

export const money = (dollars) => dollars.toLocaleString("en-US", { style: "currency", currency: "USD" });

// The second click of a double click is nobody's wish: the screen may have changed under it.
addEventListener("click", (event) => {
    if (event.detail < 2 || !(event.target instanceof Element) || !event.target.closest("button, a")) return;
    event.preventDefault();
    event.stopPropagation();
}, true);

/** What a button or a link does: once at a time, and what goes wrong is said behind it. */
function pressed(action) {
    let busy = false;
    return async (event) => {
        event.preventDefault();
        if (busy) return;
        const element = event.currentTarget;
        busy = true;
        element.setAttribute("aria-disabled", "true");
        if (element.nextSibling && element.nextSibling.className === "error press") element.nextSibling.remove();
        try {
            await action();
        } catch (error) {
            // Of a session that has ended another screen speaks.
            if (error.status !== 401) element.after(h("span", { class: "error press", role: "alert" }, error.message));
        }
        busy = false;
        element.removeAttribute("aria-disabled");
    };
}

export const link = (label, action, properties) => h("a", { href: "#", class: "link", draggable: "false", ...properties, onclick: pressed(action) }, label);

export const button = (label, action, properties) => h("button", { type: "button", class: "primary", ...properties, onclick: pressed(action) }, h("span", {}, label));

/** Looks like a link; the vendor's page has a button there. */
export const plainButton = (label, action, properties) => h("button", { type: "button", class: "link", ...properties, onclick: pressed(action) }, label);

/** What opens below an input: a line for each text, to be clicked, or marked by the arrow keys and taken by Enter. */
function popup(control, label, take) {
    const id = control.id + "-list";
    const list = h("ul", { id, class: "choices", role: "listbox", "aria-label": label, hidden: true });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": id })) control.setAttribute(name, value);
    let active = -1;
    function mark(place) {
        active = place;
        Array.from(list.children).forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
        if (place < 0) return control.removeAttribute("aria-activedescendant");
        control.setAttribute("aria-activedescendant", list.children[place].id);
        list.children[place].scrollIntoView({ block: "nearest" });
    }
    function show(texts, marked = -1) {
        const items = texts.map((text, place) => h("li", { role: "option", id: id + "-" + place, onclick: () => { show([]); take(place); } }, text));
        list.replaceChildren(...items);
        list.hidden = !items.length;
        control.setAttribute("aria-expanded", String(!list.hidden));
        mark(marked);
    }
    // Else the input would be left, and the list be gone, before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    control.addEventListener("blur", () => show([]));
    control.addEventListener("keydown", (event) => {
        if (list.hidden) return;
        const count = list.children.length;
        if (event.key === "Escape") { event.stopPropagation(); show([]); }
        else if (event.key === "ArrowDown") mark((active + 1) % count);
        else if (event.key === "ArrowUp") mark((active + count - 1) % count);
        else if (event.key === "Enter" && active >= 0) { const place = active; show([]); take(place); }
        else return;
        event.preventDefault();
        event.stopImmediatePropagation();
    });
    return { list, show, get isOpen() { return !list.hidden; } };
}

/** A list to choose from, as the vendor's page has it on a desktop: an input, and below it, once it is clicked, the choices as `li`. */
function listbox(properties, label, choices) {
    const control = h("input", { ...properties, type: "text", readonly: true, placeholder: "Select", autocomplete: "off" });
    const below = popup(control, label, (place) => choose(place));
    let key = "";
    const open = () => below.show(choices.map(([, text]) => text), Math.max(0, choices.findIndex(([known]) => known === key)));
    function set(wanted) {
        const found = choices.find(([known]) => known === wanted);
        key = found ? found[0] : "";
        control.value = found ? found[1] : "";
    }
    function choose(place) {
        set(choices[place][0]);
        control.dispatchEvent(new Event("input"));
    }
    control.addEventListener("click", () => below.isOpen ? below.show([]) : open());
    control.addEventListener("keydown", (event) => {
        const place = event.key.length === 1 ? choices.findIndex(([, text]) => text.toLowerCase().startsWith(event.key.toLowerCase())) : -1;
        if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === " ") open();
        else if (place >= 0) choose(place);
        else return;
        event.preventDefault();
    });
    return { control, list: below.list, set, get key() { return key; } };
}

// The shop's page says so when it opens the modal; a page of its own asks the screen.
const device = new URLSearchParams(location.search).get("device");
export const isPhone = device ? device === "phone" : matchMedia("(max-width: 500px)").matches && window.parent === window;

/**
 * A labelled input with its message. `check` returns a message, or nothing; `change` is told what was typed. `blank`: what is said of a
 * field that is empty. `options` become a native list; with `listed`, on a desktop, one that opens below the input.
 */
export function field({ id, name, label, type = "text", value = "", options, listed, check, change, input, autocomplete, inputmode, required = true, blank = "Required", suggest }) {
    const error = h("span", { class: "error", id: id + "-error", role: "alert" });
    const note = h("span", { class: "hint", id: id + "-note" });
    const common = { id, name, autocomplete, "aria-describedby": error.id + " " + note.id, "aria-required": required ? "true" : undefined };
    const choice = listed && !isPhone ? listbox(common, label, options) : undefined;
    const control = choice ? choice.control : options
        ? h("select", common, h("option", { value: "" }, "Select"), options.map(([key, text]) => h("option", { value: key }, text)))
        : h("input", { ...common, type, inputmode });
    const list = choice ? choice.list : suggest ? offered(control, suggest) : undefined;
    if (choice) choice.set(value); else control.value = value;
    const element = h("div", { class: "field" }, h("label", { for: id }, label), control, list, note, error);
    const one = {
        element, control, note,
        get value() { return choice ? choice.key : control.value.trim(); },
        say(message) {
            error.textContent = message || "";
            // As the vendor's own page marks it.
            if (message) error.setAttribute("label", message); else error.removeAttribute("label");
            if (message) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
        },
        check() {
            const message = (required && !one.value ? blank : undefined) || (one.value && check ? check(one.value) : undefined);
            one.say(message);
            return !message;
        }
    };
    // A message goes while somebody types, and not when the field is left: else the button would move away under a click.
    const typed = () => { one.say(""); if (input) input(one); if (change) change(choice ? choice.key : control.value); };
    control.addEventListener("input", typed);
    control.addEventListener("change", () => { if (options) typed(); if (one.value) one.check(); });
    return one;
}

/** Shows under an input what `suggest.find` finds for what was typed; one that is chosen goes to `suggest.take`. */
function offered(control, suggest) {
    let found = [];
    const below = popup(control, "Suggestions", (place) => suggest.take(found[place]));
    control.setAttribute("aria-autocomplete", "list");
    control.addEventListener("input", () => { found = suggest.find(control.value); below.show(found.map(suggest.text)); });
    return below.list;
}

export function checkbox({ id, label, checked, change, required }) {
    const error = h("span", { class: "error", id: id + "-error", role: "alert" });
    const control = h("input", { id, type: "checkbox", "aria-describedby": error.id });
    control.checked = Boolean(checked);
    control.addEventListener("change", () => { if (change) change(control.checked); if (control.checked) error.textContent = ""; });
    return {
        element: h("div", {}, h("label", { class: "choice", for: id }, control, h("span", {}, label)), error), control,
        get value() { return control.checked; },
        check() {
            error.textContent = required && !control.checked ? "Required" : "";
            return !error.textContent;
        }
    };
}

/** A form whose button is `#formSubmitButton`; `submit` runs once at a time, when every field is right. `busy`: what is said meanwhile. */
export function form({ fields, button, submit, busy: waiting, below = [] }) {
    const problem = h("span", { class: "error", role: "alert" });
    const status = waiting ? h("p", { class: "status", role: "status" }) : undefined;
    const control = h("button", { id: "formSubmitButton", type: "submit", class: "primary" }, h("span", {}, button));
    let busy = false;
    return h("form", {
        onsubmit: async (event) => {
            event.preventDefault();
            if (busy) return;
            problem.textContent = "";
            const wrong = fields.filter((one) => !one.check());
            if (wrong.length) return wrong[0].control.focus();
            busy = true;
            control.setAttribute("aria-disabled", "true");
            if (status) status.textContent = waiting;
            try {
                await submit();
            } catch (error) {
                // Of a session that has ended another screen speaks.
                if (error.status !== 401) problem.textContent = error.message;
            }
            busy = false;
            control.removeAttribute("aria-disabled");
            if (status) status.textContent = "";
        }
    }, fields.map((one) => one.element), problem, control, status, below);
}
