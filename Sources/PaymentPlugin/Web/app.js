// The frame of every screen, and the way from one to the next.
import { h } from "./dom.js";
import { call, forget, remember, session, Refused } from "./calls.js";
import * as account from "./account.js";
import * as application from "./application.js";
import * as lease from "./lease.js";

const root = document.getElementById("app");
const shop = { source: window.parent.parent, origin: null };
export const state = { order: null, quote: null, lease: null, user: null };

/** Tells the shop's page something; it has spoken first, so its origin is known. */
export function tell(message) {
    if (shop.source !== window) shop.source.postMessage({ from: "flexshopper", ...message }, shop.origin || "*");
}

export function show({ id, title, body }) {
    const heading = h("h1", { tabindex: "-1" }, title);
    main.replaceChildren(heading, ...body.filter(Boolean));
    main.dataset.screen = id;
    document.title = title + " | FlexShopper";
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
}

/** Everything that a dialog says, and the buttons that close it. */
export function dialog({ id, title, body, button = "Close" }) {
    const heading = h("h2", { id: id + "-title" }, title);
    const close = h("button", { type: "button", class: "primary", onclick: () => element.close() }, h("span", {}, button));
    const element = h("dialog", { id, "aria-labelledby": heading.id }, heading, body, close);
    return new Promise((resolve) => {
        element.addEventListener("close", () => { element.remove(); resolve(); });
        root.append(element);
        element.showModal();
    });
}

const texts = {
    faq: ["Questions", "FlexShopper leases the goods of your order to you. You pay weekly; after the last payment they are yours. This is a sandbox: nobody pays anything."],
    accessibility: ["Accessibility", "Every screen works with a keyboard and a screen reader."],
    terms: ["Terms", "This is a sandbox. Nothing that is agreed to here binds anybody."],
    privacy: ["Privacy", "What you type stays in the sandbox on this machine."]
};

function explains(id, name, label) {
    return h("button", { id, type: "button", "aria-label": name === "faq" ? "Frequently asked questions" : undefined, onclick: () => dialog({ id: name + "-dialog", title: texts[name][0], body: h("p", {}, texts[name][1]) }) }, label);
}

const main = h("main", {});
root.append(
    h("header", { id: "headerPanel" },
        h("button", { id: "headerPanel-close-button", type: "button", "aria-label": "Close", onclick: close }, "×"),
        h("span", { class: "name" }, "FlexShopper"),
        explains("headerPanel-faq-button", "faq", "?")),
    main,
    h("footer", {},
        h("span", {}, "© 2023 FlexShopper, LLC"),
        h("span", {}, explains("footer-accessibility-button", "accessibility", "Accessibility"), explains("footer-terms-button", "terms", "Terms"), explains("footer-privacy-button", "privacy", "Privacy")),
        h("span", {}, "U.S. Pat. Nos. 10,089,682 & 10,282,779")));

export function close() { tell({ type: "close" }); }
document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
});

/** Signed out, from anywhere. */
export function startOver() {
    forget();
    Object.assign(state, { user: null, lease: null });
    account.email();
}

export const notYou = () => h("button", { id: "notYou-button", type: "button", class: "link", onclick: startOver }, "Not You?");

addEventListener("signedout", () => {
    Object.assign(state, { user: null, lease: null });
    account.email("Your session has expired. Please sign in again.");
});

/** Where a customer stands decides which screen comes next. */
export async function proceed() {
    if (!session.token) return account.email();
    try {
        state.user = await call("GET", "v3/users/me");
    } catch (error) {
        // Shown already.
        if (error instanceof Refused && error.status === 401) return;
        throw error;
    }
    const decision = state.user.decision;
    if (!decision) return application.profile();
    if (decision.status === "failed") return application.denied();
    if (decision.status === "pending") return application.pending();
    // Who has come by a link has no order yet.
    if (!state.order) return show({ id: "welcome", title: "Welcome back", body: [h("p", { role: "status" }, "Go to the store, and choose FlexShopper there.")] });
    return lease.review();
}

/** A link that the customer was sent: to a new password, or to a lease's agreement. */
async function open(code) {
    Object.assign(session, await call("POST", "letter", { code }));
    remember();
    if (!session.leaseId) return account.changed();
    state.user = await call("GET", "v3/users/me");
    state.lease = await call("GET", "v3/leases/" + session.leaseId);
    if (state.lease.leaseStatus === "signed") return show({ id: "signed", title: "Thank you", body: [h("p", { role: "status" }, "The agreement is signed.")] });
    await lease.agreement();
}

async function begin(message) {
    const isAnother = !state.order || state.order.transactionId !== message.order.transactionId;
    state.order = message.order;
    if (isAnother) state.lease = null;
    state.quote = await call("POST", "order", state.order);
    let hasSignedIn = false;
    if (message.authCode && !session.token) {
        try {
            Object.assign(session, await call("POST", "auth-code", { code: message.authCode }));
            remember();
            hasSignedIn = true;
        } catch (error) {
            console.error("FlexSDK: the auth code was refused: " + error.message);
        }
    }
    // What was being typed stays; what depends on the order, or on what has happened meanwhile, is looked at anew.
    const screen = main.dataset.screen;
    const isTyping = ["email", "password", "forgotten", "change-password", "profile", "personal", "banking"].includes(screen);
    const isSigning = ["agreement", "payment"].includes(screen) && !isAnother;
    if ((isTyping && !hasSignedIn) || isSigning) return;
    await proceed();
}

window.addEventListener("message", (event) => {
    if (event.source !== shop.source || !event.data || event.data.from !== "shop") return;
    shop.origin = event.origin;
    if (event.data.type === "order") begin(event.data).catch((error) => failed(error));
});

function failed(error) {
    show({ id: "failed", title: "Something went wrong", body: [
        h("p", { class: "error", role: "alert" }, error.message),
        h("button", { type: "button", class: "primary", onclick: () => proceed().catch(failed) }, h("span", {}, "Try again"))] });
}

remember();
tell({ type: "ready" });
const letter = new URLSearchParams(location.search).get("letter");
if (letter) open(letter).catch(failed);
