// FlexSDK: the button on the shop's page, and the frame that it opens. `settings` is written in front of this text by the server.
(function (settings) {
    "use strict";

    function complain(sentence) {
        console.error("FlexSDK: " + sentence);
        return new Error(sentence);
    }

    if (settings.problem) complain(settings.problem);

    // Styles are set one by one, which no content security policy forbids.
    function styled(name, styles) {
        const element = document.createElement(name);
        for (const property of Object.keys(styles)) element.style.setProperty(property, styles[property]);
        return element;
    }

    // One frame a page, whatever the number of buttons: closed, it is hidden, so that nothing that was typed is lost.
    const modal = {
        overlay: null,
        app: null,
        ready: null,
        opener: null,
        hushed: [],
        answers: {},

        open(button) {
            this.opener = button;
            if (!this.overlay) this.build();
            this.overlay.hidden = false;
            this.overlay.style.setProperty("display", "flex");
            this.hushed = Array.from(document.body.children).filter((one) => one !== this.overlay && !one.inert);
            for (const one of this.hushed) one.inert = true;
            this.frame.focus();
            return this.ready;
        },

        build() {
            this.overlay = styled("div", {
                position: "fixed", inset: "0", "z-index": "2147483000", background: "rgba(15, 23, 42, 0.6)",
                "align-items": "center", "justify-content": "center"
            });
            this.overlay.setAttribute("role", "dialog");
            this.overlay.setAttribute("aria-modal", "true");
            this.overlay.setAttribute("aria-label", "FlexShopper");
            this.overlay.id = "flexshopper-modal";
            const isPhone = window.matchMedia("(max-width: 500px)").matches;
            this.frame = styled("iframe", {
                border: "0", width: "min(475px, 100vw)", height: isPhone ? "100dvh" : "min(735px, 100dvh)", background: "#fff",
                "border-radius": isPhone ? "0" : "8px"
            });
            this.frame.title = "FlexShopper";
            this.frame.src = settings.origin + "/pp3/frame?authKey=" + encodeURIComponent(settings.authKey);
            this.overlay.append(this.frame);
            this.ready = new Promise((resolve, reject) => {
                const timer = setTimeout(() => reject(complain("the modal did not load; is " + settings.origin + " reachable?")), 30000);
                this.loaded = () => { clearTimeout(timer); resolve(); };
            });
            this.ready.catch(() => this.close());
            window.addEventListener("message", (event) => this.hear(event));
            document.body.append(this.overlay);
        },

        hear(event) {
            if (event.origin !== settings.origin || !event.data || event.data.from !== "flexshopper") return;
            if (event.source !== this.frame.contentWindow[0]) return;
            this.app = event.source;
            const message = event.data;
            if (message.type === "ready") return this.loaded();
            if (message.type === "close") return this.close();
            const answer = this.answers[message.type];
            if (answer) answer(message);
        },

        tell(message) { this.app.postMessage(Object.assign({ from: "shop" }, message), settings.origin); },

        close() {
            this.overlay.hidden = true;
            this.overlay.style.setProperty("display", "none");
            for (const one of this.hushed) one.inert = false;
            this.hushed = [];
            if (this.opener) this.opener.focus();
        }
    };

    function authCode(options, order) {
        for (const name of ["authCode", "authcode", "auth_code", "code"]) {
            const found = options[name] || (order && order[name]);
            if (found) return String(found);
        }
        return undefined;
    }

    // The plain data of an order: a Date becomes its text.
    function plain(order) {
        try {
            const copy = JSON.parse(JSON.stringify(order));
            if (copy && typeof copy === "object" && !Array.isArray(copy)) return copy;
        } catch (error) {
            // Said below.
        }
        throw complain("actions.transaction.create takes an order: {transactionId, items: [{sku, brand, description, cost, quantity}]}");
    }

    async function refusal(order) {
        let answer;
        try {
            answer = await fetch(settings.origin + "/pp3/api/order", {
                method: "POST",
                headers: { "Content-Type": "application/json", "x-auth-key": settings.authKey },
                body: JSON.stringify(order)
            });
        } catch (error) {
            return settings.origin + " does not answer";
        }
        if (answer.ok) return null;
        const body = await answer.json().catch(() => ({}));
        return (body.error && body.error.message) || body.message || "the order was refused with " + answer.status;
    }

    function Button(options) {
        options = options || {};

        async function create(given, button) {
            if (settings.problem) throw complain(settings.problem);
            const order = plain(given);
            const problem = await refusal(order);
            if (problem) throw complain(problem);
            modal.answers.decision = (message) => { if (options.onDecision) options.onDecision(message.data); };
            modal.answers.signed = (message) => {
                modal.close();
                if (options.onSign) {
                    Promise.resolve().then(() => options.onSign(message.data)).catch((error) => complain("onSign failed: " + error));
                }
            };
            await modal.open(button);
            modal.tell({ type: "order", order, authCode: authCode(options, given) });
            return { transactionId: order.transactionId };
        }

        return {
            render(selector) {
                const place = typeof selector === "string" ? document.querySelector(selector) : selector;
                if (!place) throw complain("there is no element " + selector + " on this page to render the button in");
                const button = styled("button", {
                    background: "#2159c4", color: "#fff", border: "0", "border-radius": "999px", padding: "12px 20px", font: "600 16px sans-serif",
                    "min-width": "200px", cursor: "pointer"
                });
                button.type = "button";
                button.className = "flexshopper-button";
                const divider = styled("span", { display: "inline-block", width: "1px", height: "1em", margin: "0 12px", background: "#fff", "vertical-align": "middle" });
                divider.setAttribute("aria-hidden", "true");
                button.append("Pay Weekly", divider, "FlexShopper");
                button.addEventListener("click", () => {
                    if (typeof options.createOrder !== "function") return void complain("FlexSDK.Button needs createOrder");
                    const actions = { transaction: { create: (order) => create(order, button) } };
                    try {
                        // What create rejects with has been said already; whatever else goes wrong is said here.
                        Promise.resolve(options.createOrder({}, actions)).catch(() => {});
                    } catch (error) {
                        complain("createOrder failed: " + error);
                    }
                });
                place.replaceChildren(button);
                return button;
            }
        };
    }

    window.FlexSDK = { Button };
})(settings);
