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

/** A labelled input with its message. `check` returns a message, or nothing; `change` is told what was typed. */
export function field({ id, name, label, type = "text", value = "", options, check, change, input, autocomplete, inputmode, required = true, list }) {
    const error = h("span", { class: "error", id: id + "-error", role: "alert" });
    const note = h("span", { class: "hint", id: id + "-note" });
    const common = { id, name, autocomplete, "aria-describedby": error.id + " " + note.id, "aria-required": required ? "true" : undefined };
    const control = options
        ? h("select", common, h("option", { value: "" }, "Select"), options.map(([key, text]) => h("option", { value: key }, text)))
        : h("input", { ...common, type, inputmode, list });
    control.value = value;
    const element = h("div", {}, h("label", { for: id }, label), control, note, error);
    const one = {
        element, control, note,
        get value() { return control.value.trim(); },
        say(message) {
            error.textContent = message || "";
            // As the vendor's own page marks it.
            if (message) error.setAttribute("label", message); else error.removeAttribute("label");
            if (message) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
        },
        check() {
            const message = (required && !one.value ? "Required" : undefined) || (one.value && check ? check(one.value) : undefined);
            one.say(message);
            return !message;
        }
    };
    // A message goes while somebody types, and not when the field is left: else the button would move away under a click.
    const typed = () => { one.say(""); if (input) input(one); if (change) change(control.value); };
    control.addEventListener("input", typed);
    control.addEventListener("change", () => { if (options) typed(); if (one.value) one.check(); });
    return one;
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

/** A form whose button is `#formSubmitButton`; `submit` runs once at a time, when every field is right. */
export function form({ fields, button, submit, below = [] }) {
    const problem = h("span", { class: "error", role: "alert" });
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
            try {
                await submit();
            } catch (error) {
                // Of a session that has ended another screen speaks.
                if (error.status !== 401) problem.textContent = error.message;
            }
            busy = false;
            control.removeAttribute("aria-disabled");
        }
    }, fields.map((one) => one.element), problem, control, below);
}
