// The frame of every screen, and the way from one to the next.
import { button, h, plainButton } from "./dom.js";
import { call, forget, remember, session, Refused } from "./calls.js";
import * as account from "./account.js";
import * as application from "./application.js";
import * as lease from "./lease.js";

const root = document.getElementById("app");
const shop = { source: window.parent.parent, origin: null };
/** `shown` counts the screens: whoever waits for an answer looks whether the shopper has gone elsewhere meanwhile. */
export const state = { order: null, quote: null, lease: null, user: null, shown: 0 };

/** Tells the shop's page something; it has spoken first, so its origin is known. */
export function tell(message) {
    // A page from a file, or in a sandboxed frame, has an origin that cannot be named.
    const origin = !shop.origin || shop.origin === "null" ? "*" : shop.origin;
    if (shop.source !== window) shop.source.postMessage({ from: "flexshopper", ...message }, origin);
}

/** @param level of the heading, which the vendor's screens choose differently */
export function show({ id, title, level = 1, body }) {
    state.shown += 1;
    for (const one of root.querySelectorAll("dialog")) one.close();
    const heading = h("h" + level, { tabindex: "-1", class: "title" }, title);
    main.replaceChildren(heading, ...body.filter(Boolean));
    main.dataset.screen = id;
    document.title = title + " | FlexShopper";
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
}

/** A dialog over the screen, whose main button rests that long: there is one `#formSubmitButton` at a time. */
export function popup({ id, title, level = 2, body }) {
    const heading = h("h" + level, { id: id + "-title", class: "title" }, title);
    const below = main.querySelector("#formSubmitButton");
    if (below) below.removeAttribute("id");
    const element = h("dialog", { id, "aria-labelledby": heading.id }, heading, body);
    element.addEventListener("close", () => {
        element.remove();
        if (below) below.id = "formSubmitButton";
    });
    root.append(element);
    element.showModal();
    return element;
}

/** Something to read, and a button that closes it. */
export function dialog({ label = "Close", body, ...rest }) {
    return new Promise((resolve) => {
        const element = popup({ ...rest, body: [body, button(label, () => element.close())].flat() });
        element.addEventListener("close", () => resolve());
    });
}

const texts = {
    faq: ["Questions", "FlexShopper leases the goods of your order to you. You pay weekly; after the last payment they are yours. This is a sandbox: nobody pays anything."],
    accessibility: ["Accessibility", "Every screen works with a keyboard and a screen reader."],
    terms: ["Terms", "This is a sandbox. Nothing that is agreed to here binds anybody."],
    privacy: ["Privacy", "What you type stays in the sandbox on this machine."]
};

function explains(id, name, label) {
    return h("button", { id, type: "button", "aria-label": name === "faq" ? "Frequently asked questions" : undefined, onclick: () => { dialog({ id: name + "-dialog", title: texts[name][0], body: h("p", {}, texts[name][1]) }); } }, label);
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
export async function startOver() {
    if (session.token) await lease.withdrawOthers(null).catch(() => {});
    forget();
    application.forgetSecrets();
    Object.assign(state, { user: null, lease: null });
    account.email();
}

export const notYou = () => plainButton("Not You?", startOver, { id: "notYou-button" });

addEventListener("signedout", () => {
    Object.assign(state, { user: null, lease: null });
    account.email("Your session has expired. Please sign in again.");
});

/**
 * Where a customer stands decides which screen comes next.
 *
 * @param isTyping whether somebody is in the midst of an application, and stays there unless it has been decided
 */
export async function proceed(isTyping = false) {
    if (!session.token) return account.email();
    const { shown, order } = state;
    // One that cannot be withdrawn now is when the next screen is looked for.
    await lease.withdrawOthers(order && order.transactionId).catch(() => {});
    let user;
    try {
        user = await call("GET", "v3/users/me");
    } catch (error) {
        // Shown already.
        if (error instanceof Refused && error.status === 401) return;
        throw error;
    }
    if (state.shown !== shown || state.order !== order) return;
    if (!user.decision && isTyping) return;
    state.user = user;
    if (!user.decision) return application.profile();
    if (session.isApplying) return application.decided();
    if (user.decision.status === "failed") return application.denied();
    if (user.decision.status === "pending") return application.pending();
    // Who has come by a link has no order yet.
    if (!state.order) return show({ id: "welcome", title: "Welcome back", body: [h("p", { role: "status" }, "Go to the store, and choose FlexShopper there.")] });
    return lease.review();
}

/** A link that the customer was sent: to a new password, or to a lease's agreement. */
async function openLetter(code) {
    Object.assign(session, await call("POST", "letter", { code }));
    remember();
    if (!session.leaseId) return account.changed();
    state.user = await call("GET", "v3/users/me");
    state.lease = await call("GET", "v3/leases/" + session.leaseId);
    if (state.lease.leaseStatus === "signed") return show({ id: "signed", title: "Thank you", body: [h("p", { role: "status" }, "The agreement is signed.")] });
    await lease.agreement();
}

let begun = 0;

/** The shop has opened the modal. */
async function begin(message) {
    const mine = begun += 1;
    const isAnother = !state.order || state.order.transactionId !== message.order.transactionId;
    let quote;
    try {
        quote = await call("POST", "order", message.order);
    } catch (error) {
        // Of the order that is open here there may be a lease already.
        if (!(error instanceof Refused) || error.code !== "InvalidTransactionId" || isAnother || !lease.isDrawn(message.order)) throw error;
        quote = state.quote;
    }
    if (mine !== begun) return;
    Object.assign(state, { order: message.order, quote });
    if (isAnother) state.lease = null;
    let hasSignedIn = false;
    if (message.authCode && !session.token) {
        try {
            const { token, email } = await call("POST", "auth-code", { code: message.authCode });
            Object.assign(session, { token, email });
            remember();
            hasSignedIn = true;
        } catch (error) {
            console.error("FlexSDK: the auth code was refused: " + error.message);
        }
        if (mine !== begun) return;
    }
    // What was being typed stays; what depends on the order, or on what has happened meanwhile, is looked at anew.
    const screen = main.dataset.screen;
    const isTyping = ["email", "password", "forgotten", "change-password", "profile", "personal", "banking"].includes(screen);
    const isSigning = ["agreement", "payment"].includes(screen) && !isAnother;
    if ((isTyping && !hasSignedIn && !session.isApplying) || isSigning) return;
    await proceed(isTyping && !hasSignedIn);
}

window.addEventListener("message", (event) => {
    if (event.source !== shop.source || !event.data || event.data.from !== "shop") return;
    shop.origin = event.origin;
    if (event.data.type === "order") open(event.data);
});

function open(message) {
    begin(message).catch((error) => {
        const again = button("Try again", () => begin(message));
        show({ id: "failed", title: "Something went wrong", body: [h("p", { class: "error", role: "alert" }, error.message), again] });
    });
}

remember();
tell({ type: "ready" });
const letter = new URLSearchParams(location.search).get("letter");
if (letter) openLetter(letter).catch((error) => {
    show({ id: "failed", title: "Something went wrong", body: [h("p", { class: "error", role: "alert" }, error.message)] });
});
