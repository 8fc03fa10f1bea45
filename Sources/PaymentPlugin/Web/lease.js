// The lease: review, agreement, first payment, signature.
import { checkbox, field, form, h, money, plainButton } from "./dom.js";
import { call, remember, session, Refused } from "./calls.js";
import { bankFields, sayOfBank } from "./application.js";
import { close, notYou, show, state, tell } from "./app.js";

export async function review() {
    const { order, quote, user, shown } = state;
    // Where the order says nothing, it goes to the address on file.
    const address = (order.customer && order.customer.address) || await call("GET", "address");
    if (state.shown !== shown || state.order !== order) return;
    const items = h("ul", { id: "review-items", hidden: true }, order.items.map((item) => h("li", {}, item.quantity + " × " + item.description + ", " + money(Number(item.cost)))));
    const expander = h("button", { id: "review-orderTotal-button", type: "button", class: "link", "aria-expanded": "false", "aria-controls": "review-items", onclick: () => {
        items.hidden = !items.hidden;
        expander.setAttribute("aria-expanded", String(!items.hidden));
    } }, "Order Total");
    const limit = user.decision.availableBalance;
    const problem = user.spendingHold ? "Your account has a spending hold. Please call us."
        : quote.total < quote.minimum ? "The order must be at least " + money(quote.minimum) + ". Return to the store to add items."
            : quote.total > limit ? "The order exceeds your available spending limit. Return to the store to remove items." : undefined;
    show({ id: "review", title: "Review", body: [
        h("dl", {},
            h("dt", {}, "Available Spending Limit"), h("dd", { id: "review-limit" }, money(limit)),
            h("dt", {}, expander), h("dd", { id: "review-total" }, money(quote.total)),
            h("dt", {}, "Weekly Payments"), h("dd", { id: "review-payment" }, money(quote.payment))),
        items,
        h("p", {}, quote.term + " weekly payments, tax included."),
        address.street1 ? [h("h2", {}, "Shipping Address"), h("p", { id: "review-address" }, [address.street1, address.street2, address.city, address.region, address.postalCode].filter(Boolean).join(", "))] : undefined,
        problem ? h("p", { class: "error", role: "alert" }, problem) : form({ fields: [], button: "Continue", submit: agreement }),
        h("p", {}, "Signed in as " + user.email + " ", notYou()),
        plainButton("Return to the store to add items", close, { id: "returnToStore-button" })].flat() });
}

const conditions = ["new", "used", "refurbished"];
const methods = ["overnight", "freight", "ground", "free", "store", "2-day-air", "UPS"];

/** What the documents name, however the shop writes it; what they do not is the shop's own, and no part of a lease. */
const named = (text, among) => among.find((one) => one.toLowerCase() === String(text).trim().toLowerCase());

/** Route 12's body: shipping stands once in a lease, and on every item in an order (D.2). */
export function leaseOf(order) {
    const shipping = order.items.reduce((sum, item) => sum + Math.round(Number((item.shipping && item.shipping.cost) || 0) * 100), 0) / 100;
    const method = order.items.map((item) => item.shipping && named(item.shipping.method, methods)).find(Boolean);
    const texts = ["productId", "mpn", "gtin"];
    return {
        transactionId: order.transactionId, ...(order.orderId ? { orderId: String(order.orderId) } : {}),
        items: order.items.map((item) => {
            const condition = named(item.condition, conditions);
            return {
                brand: item.brand, sku: item.sku, description: item.description, cost: item.cost, quantity: item.quantity, ...(condition ? { condition } : {}),
                ...Object.fromEntries(texts.filter((key) => ["string", "number"].includes(typeof item[key]) && item[key] !== "").map((key) => [key, String(item[key])]))
            };
        }),
        ...(shipping || method ? { shipping: { ...(shipping ? { cost: shipping } : {}), ...(method ? { method } : {}) } } : {})
    };
}

/** The contract is a page of its own: its text is shown here, its styles in a world apart. */
function contract(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    // A style element would be refused by this page's policy even in a page that is only read: its text goes another way.
    const styles = [];
    const html = new TextDecoder().decode(bytes).replace(/<style>([\s\S]*?)<\/style>/g, (_, text) => { styles.push(text); return ""; });
    const page = new DOMParser().parseFromString(html, "text/html");
    const place = h("div", { class: "contract", id: "agreement-contract", tabindex: "0", role: "region", "aria-label": "Lease agreement" });
    const shadow = place.attachShadow({ mode: "open" });
    styles.push("h1 { font-size: 20px } h2 { font-size: 17px }");
    shadow.adoptedStyleSheets = styles.map((text) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        return sheet;
    });
    for (const script of page.querySelectorAll("script")) script.remove();
    shadow.append(...Array.from(page.body.childNodes, (node) => document.importNode(node, true)));
    return place;
}

/** Leases of orders that the shop has gone on from give way, so that they take nothing from what the customer may spend. */
export async function withdrawOthers(kept) {
    for (const transactionId of Object.keys(session.drawn)) {
        if (transactionId === kept) continue;
        await call("POST", "withdraw-lease", { transactionId });
        delete session.drawn[transactionId];
        remember();
    }
}

const expired = "The agreement has expired. Go back to the store, and begin again.";

/** What an order was asked for as; the same order may be drawn up again where the answer was lost. */
const asked = (order) => JSON.stringify(leaseOf(order));

/** Whether a lease was asked for, for this very order. */
export const isDrawn = (order) => session.drawn[order.transactionId] === asked(order);

async function draw(order) {
    const wasDrawn = isDrawn(order);
    session.drawn[order.transactionId] = asked(order);
    remember();
    try {
        return await call("POST", "v3/leases", leaseOf(order));
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        // Carried out before, and the answer was lost, on the way to here or to the browser, which asks again by itself.
        const found = error.code === "InvalidTransactionId" ? await drawn(order) : undefined;
        if (found && found.isExpired) throw new Error(expired);
        if (found) return found;
        // A gateway that fails may have done what it was asked for.
        if (error.status < 500 && !wasDrawn) {
            delete session.drawn[order.transactionId];
            remember();
        }
        throw error;
    }
}

/** The customer's own unsigned lease of an order, if it is about what the order is about. */
async function drawn(order) {
    try {
        const { leaseId } = await call("POST", "unsigned-lease", { transactionId: order.transactionId });
        const found = await call("GET", "v3/leases/" + leaseId);
        return found.cashPrice === state.quote.total && found.payment === state.quote.payment ? found : undefined;
    } catch (error) {
        if (error instanceof Refused && error.status === 404) return undefined;
        throw error;
    }
}

export async function agreement() {
    const { order } = state;
    const lease = state.lease || await draw(order);
    // The shop has opened the modal for another order meanwhile.
    if (state.order !== order) return withdrawOthers(state.order.transactionId);
    state.lease = lease;
    const name = state.user.firstName + " " + state.user.lastName;
    const signature = field({
        id: "signature-input", name: "signature", label: "Type your name to sign: " + name, autocomplete: "off",
        check: (text) => text.toLowerCase() === name.toLowerCase() ? undefined : "Type your name as it stands in the agreement"
    });
    const agreed = checkbox({ id: "isAgreementChecked-checkBoxRadio", label: "I have read and agree to the lease agreement.", required: true });
    show({ id: "agreement", title: "Agreement", body: [
        contract(state.lease.contract),
        form({ fields: [agreed, signature], button: "Sign", submit: sign, below: state.order ? [plainButton("Back", review)] : [] })] });
}

async function sign() {
    const { lease, order } = state;
    let signed;
    try {
        signed = await call("POST", "leases/" + lease.leaseId + "/sign", { ipAddress: "127.0.0.1", timestamp: new Date().toISOString(), signed: true });
    } catch (error) {
        if (error instanceof Refused && error.code === "PaymentRequired") return state.order === order ? payment() : undefined;
        if (error instanceof Refused && error.code === "LeaseExpired") throw new Error(expired);
        throw error;
    }
    if (order) delete session.drawn[order.transactionId];
    remember();
    if (state.order === order) show({ id: "signed", title: "Thank you", body: [h("p", { role: "status" }, "The agreement is signed.")] });
    tell({ type: "signed", data: signed });
}

/** The first payment has nothing to be taken from, or was declined. */
function payment() {
    const bank = bankFields();
    show({ id: "payment", title: "First Payment", body: [
        h("p", { id: "payment-description" }, "We could not collect the first payment of " + money(state.lease.payment) + ". Please add a payment method."),
        form({ fields: bank.all, button: "Pay and Sign", submit: async () => {
            try {
                await call("POST", "v3/paymentMethods/add", { primary: true, label: "Bank account", ach: { routing: bank.routing.value, account: bank.account.value, accountType: "checking" } });
            } catch (error) {
                if (sayOfBank(error, bank.routing)) return;
                throw error;
            }
            await sign();
        } })] });
}
