// A shop, to copy from. Of it all, only the address of the SDK and your auth key belong to your environment:
//   sandbox     http://127.0.0.1:6338/sdk/js?authKey=…
//   production  https://pp3.flexshopper.com/sdk/js?authKey=…
"use strict";

// This page also takes its settings from its address, for tests: ?authKey=…&validateOrder=…&sku=…
const given = new URLSearchParams(location.search);
const authKey = given.get("authKey") || "demo";
// Your server: it looks at the transaction, and finalizes it (see the Payment Plugin's page, "Server-side").
const validateOrder = given.get("validateOrder") || "/demo/validate-order?authKey=" + encodeURIComponent(authKey);

const cart = [
    { description: given.get("description") || "Macbook Pro 13", sku: "ABC123", brand: "Apple", cost: Number(given.get("cost") || 120.34), condition: "new", quantity: 1, shipping: { cost: 10.33, date: new Date(), method: "ground" } }
];

function say(text) { document.getElementById("message").textContent = text; }

for (const item of cart) {
    const row = document.createElement("tr");
    for (const text of [item.description, item.quantity, "$" + item.cost.toFixed(2)]) {
        const cell = document.createElement("td");
        cell.textContent = text;
        row.append(cell);
    }
    document.getElementById("cart").append(row);
}
document.getElementById("total").textContent = "$" + cart.reduce((sum, item) => sum + item.cost * item.quantity + item.shipping.cost, 0).toFixed(2);

// New on every click, and never used twice: the cart's own, and the time.
const newTransactionId = () => (given.get("cart") || "CART-1") + "-" + Date.now();

const sdk = document.createElement("script");
sdk.src = "/sdk/js?authKey=" + encodeURIComponent(authKey);
sdk.onerror = () => say("The FlexShopper script is blocked or not reachable.");
sdk.onload = () => {
    FlexSDK.Button({
        createOrder: (data, actions) => actions.transaction.create({ transactionId: newTransactionId(), items: cart, authCode: given.get("authCode") || undefined })
            .then(() => say("")).catch((error) => { say("FlexShopper: " + error.message); }),
        onDecision: (decision) => { document.body.dataset.decision = atob(decision); },
        onSign: async (signed) => {
            say("Checking your order …");
            const answer = await fetch(validateOrder, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(signed) });
            const order = await answer.json();
            document.body.dataset.leaseNumber = signed.leaseNumber;
            say(order.valid ? "Thank you! Your order " + signed.transactionId + " is confirmed." : "The order could not be confirmed.");
        }
    }).render("#flexshopper");
};
document.head.append(sdk);
