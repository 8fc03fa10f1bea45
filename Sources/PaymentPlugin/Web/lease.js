// The lease: review, agreement, first payment, signature.
import { checkbox, field, form, h, money } from "./dom.js";
import { call, Refused } from "./calls.js";
import { bankFields, sayOfBank } from "./application.js";
import { close, notYou, show, state, tell } from "./app.js";

export async function review() {
    const { order, quote, user } = state;
    // Where the order says nothing, it goes to the address on file.
    const address = (order.customer && order.customer.address) || await call("GET", "address");
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
        h("button", { id: "returnToStore-button", type: "button", class: "link", onclick: close }, "Return to the store to add items")].flat() });
}

/** Route 12's body: shipping stands once in a lease, and on every item in an order (D.2). */
function leaseOf(order) {
    const shipping = order.items.reduce((sum, item) => sum + Math.round(Number((item.shipping && item.shipping.cost) || 0) * 100), 0) / 100;
    const method = order.items.map((item) => item.shipping && item.shipping.method).find(Boolean);
    const taken = ["brand", "sku", "productId", "description", "cost", "condition", "quantity", "mpn", "gtin"];
    return {
        transactionId: order.transactionId, ...(order.orderId ? { orderId: order.orderId } : {}),
        items: order.items.map((item) => Object.fromEntries(taken.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]))),
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

export async function agreement() {
    if (!state.lease) state.lease = await call("POST", "v3/leases", leaseOf(state.order));
    const name = state.user.firstName + " " + state.user.lastName;
    const signature = field({
        id: "signature-input", name: "signature", label: "Type your name to sign: " + name, autocomplete: "off",
        check: (text) => text.toLowerCase() === name.toLowerCase() ? undefined : "Type your name as it stands in the agreement"
    });
    const agreed = checkbox({ id: "isAgreementChecked-checkBoxRadio", label: "I have read and agree to the lease agreement.", required: true });
    show({ id: "agreement", title: "Agreement", body: [
        contract(state.lease.contract),
        form({ fields: [agreed, signature], button: "Sign", submit: sign, below: state.order ? [h("button", { type: "button", class: "link", onclick: review }, "Back")] : [] })] });
}

async function sign() {
    let signed;
    try {
        signed = await call("POST", "leases/" + state.lease.leaseId + "/sign", { ipAddress: "127.0.0.1", timestamp: new Date().toISOString(), signed: true });
    } catch (error) {
        if (error instanceof Refused && error.code === "PaymentRequired") return payment();
        if (error instanceof Refused && error.code === "LeaseExpired") {
            state.lease = null;
            throw new Error("The agreement has expired. Go back to the store, and begin again.");
        }
        throw error;
    }
    show({ id: "signed", title: "Thank you", body: [h("p", { role: "status" }, "The agreement is signed.")] });
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
