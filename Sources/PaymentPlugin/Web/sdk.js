// FlexSDK: the button on the shop's page, and the frame that it opens. The server writes the call behind this function, with the
// settings. Nothing of it is global but `FlexSDK`, and nothing is asked of the page's own globals that an old library bends
// (Prototype.js gives every array a `toJSON`).
(function (settings) {
    "use strict";

    // As the browser writes it in a message's origin: a proxy may name the default port.
    const origin = new URL(settings.origin).origin;
    const identity = origin + " " + settings.authKey;
    // Loaded twice: the first one has the buttons and the modal already.
    if (window.FlexSDK && window.FlexSDK.identity === identity) return;

    function complain(sentence) {
        console.error("FlexSDK: " + sentence);
        return new Error(sentence);
    }

    if (settings.problem) complain(settings.problem);

    // Styles are set one by one, which no content security policy forbids. Those of the modal are stronger than any style sheet of the
    // shop's; those of the button are for the shop to change.
    function style(element, styles, priority = "important") {
        for (const property of Object.keys(styles)) element.style.setProperty(property, styles[property], priority);
    }

    function styled(name, styles, priority) {
        const element = document.createElement(name);
        style(element, styles, priority);
        return element;
    }

    // One frame a page, whatever the number of buttons: closed, it is hidden, so that nothing that was typed is lost. It opens in the
    // browser's top layer: above everything, in view, and apart from the transforms, filters and clipped boxes of the page, which is
    // inert for just that long. A shop that replaces its body takes the frame along; then there is another one in the new body.
    const modal = {
        overlay: null,
        frame: null,
        app: null,
        target: origin,
        ready: null,
        waiting: null,
        exit: null,
        opener: null,
        // Of each order that was opened, whom to tell of its signature; and whom to tell of a decision.
        shops: new Map(),
        shop: null,
        // What the modal was told, should it have to be told again.
        message: null,
        place: "",
        restored: 0,

        get isOpen() { return Boolean(this.overlay && this.overlay.open && this.overlay.isConnected); },

        open(button) {
            this.opener = button;
            this.restored = 0;
            this.message = null;
            this.place = here();
            if (this.overlay && !this.overlay.isConnected) this.discard();
            if (!this.overlay) this.build();
            return this.show();
        },

        show() {
            style(this.overlay, { display: "flex", zoom: "1" });
            if (!this.overlay.open) this.overlay.showModal();
            // The only one of the page's styles that reaches into the top layer, and is not inherited.
            const { currentCSSZoom } = this.overlay;
            if (currentCSSZoom && currentCSSZoom !== 1) style(this.overlay, { zoom: String(1 / currentCSSZoom) });
            this.frame.focus();
            for (const node of [document, document.documentElement, this.overlay.parentNode]) watch.observe(node, { childList: true });
            return this.ready;
        },

        // The body has been replaced under it. On another page of the shop's it is closed, as the page that opened it is gone.
        restore() {
            if (!this.overlay || this.overlay.isConnected || !this.overlay.open) return;
            const message = this.message;
            this.restored += 1;
            if (!document.body || here() !== this.place || this.restored > 5) return this.close();
            this.discard(true);
            this.build();
            this.show().then(() => { if (message && this.message === message) this.tell(message); }, () => {});
        },

        build() {
            const overlay = this.overlay = styled("dialog", {
                all: "initial", display: "flex", position: "fixed", inset: "0", width: "100vw", height: "100dvh", "max-width": "none", "max-height": "none",
                margin: "0", padding: "0", border: "0", overflow: "hidden", "z-index": "2147483647", background: "rgba(15, 23, 42, 0.6)",
                "align-items": "center", "justify-content": "center", "color-scheme": "light", direction: "ltr"
            });
            overlay.id = "flexshopper-modal";
            // No attribute: a copy has none.
            overlay.identity = identity;
            overlay.setAttribute("role", "dialog");
            overlay.setAttribute("aria-modal", "true");
            overlay.setAttribute("aria-label", "FlexShopper");
            // Escape, where the page has the focus and not the frame.
            overlay.addEventListener("cancel", (event) => { event.preventDefault(); this.close(); });
            overlay.addEventListener("close", () => { if (overlay === this.overlay && !overlay.open) this.close(); });
            const isPhone = window.matchMedia("(max-width: 500px)").matches;
            const frame = this.frame = styled("iframe", {
                all: "initial", display: "block", flex: "none", border: "0", width: "min(475px, 100vw)", height: isPhone ? "100dvh" : "min(735px, 100dvh)",
                background: "#fff", "border-radius": isPhone ? "0" : "8px", "color-scheme": "light"
            });
            frame.title = "FlexShopper";
            frame.src = origin + "/pp3/frame?authKey=" + encodeURIComponent(settings.authKey) + (isPhone ? "&device=phone" : "");
            // Until the modal has a button of its own to close it by.
            const exit = this.exit = styled("button", {
                all: "initial", position: "absolute", top: "8px", right: "8px", width: "40px", height: "40px", font: "28px/40px sans-serif", color: "#fff",
                "text-align": "center", cursor: "pointer"
            });
            exit.type = "button";
            exit.setAttribute("aria-label", "Close");
            exit.append("×");
            exit.addEventListener("click", () => this.close());
            overlay.append(frame, exit);
            const fail = () => {
                clearTimeout(timer);
                if (overlay !== this.overlay) return;
                this.waiting.reject(complain("the modal did not load; is " + origin + " reachable?"));
                this.close();
            };
            let timer = setTimeout(fail, 30000);
            // A page that the browser shows in the place of one that it cannot have loads, too. What has loaded says so at once.
            frame.addEventListener("load", () => { clearTimeout(timer); if (this.exit === exit) timer = setTimeout(fail, 3000); });
            this.loaded = () => { clearTimeout(timer); exit.remove(); if (this.exit === exit) this.exit = null; this.waiting.resolve(); };
            if (!this.waiting) {
                this.ready = new Promise((resolve, reject) => { this.waiting = { resolve, reject }; });
                // Whoever waits for it hears of it; nobody may.
                this.ready.catch(() => {});
            }
            removeCopies();
            document.body.append(overlay);
        },

        hear(event) {
            // In a sandboxed frame the modal has no origin either, like the page; the frame it comes from is looked at below.
            if ((event.origin !== origin && !(event.origin === "null" && window.origin === "null")) || !event.data || event.data.from !== "flexshopper") return;
            if (!event.source) return;
            if (!this.frame || !this.frame.contentWindow || event.source !== this.frame.contentWindow[0]) return removeCopies();
            this.app = event.source;
            this.target = event.origin === "null" ? "*" : origin;
            const message = event.data;
            switch (message.type) {
            case "ready": return this.loaded();
            case "close": return this.close();
            case "decision": return this.shop && this.shop.decided(message.data);
            case "signed": {
                const shop = this.shops.get(String(message.data.transactionId));
                // Once, whatever comes twice.
                if (!shop) return;
                this.shops.delete(String(message.data.transactionId));
                this.close();
                return shop.signed(message.data);
            }
            }
        },

        tell(message) {
            this.message = message;
            this.app.postMessage(Object.assign({ from: "shop" }, message), this.target);
        },

        close() {
            turn = null;
            watch.disconnect();
            const overlay = this.overlay;
            if (!overlay) return;
            style(overlay, { display: "none" });
            if (overlay.open) overlay.close();
            // What has not loaded is begun anew the next time.
            if (this.exit || !overlay.isConnected) this.discard();
            let opener = this.opener;
            this.opener = this.message = null;
            // Of a body that was replaced, its copy in the new one.
            if (opener && !opener.isConnected) opener = [].slice.call(document.getElementsByClassName("flexshopper-button")).find((one) => optionsOf(one) === optionsOf(opener));
            if (opener) opener.focus({ preventScroll: true });
        },

        /** @param isWaited whether those who wait for the modal wait for the next one */
        discard(isWaited) {
            const overlay = this.overlay;
            if (!isWaited || !this.exit) {
                this.waiting.reject(new Error("the modal was closed before it had loaded"));
                this.waiting = null;
            }
            this.overlay = this.frame = this.app = this.exit = null;
            overlay.remove();
        }
    };
    // A body that comes back from a cache of the shop's may hold a copy of the modal, which nobody hears.
    function removeCopies() {
        for (const one of [].slice.call(document.querySelectorAll("#flexshopper-modal"))) {
            if (one !== modal.overlay && !(one.identity && one.identity !== identity)) one.remove();
        }
    }

    const here = () => location.href.split("#")[0];
    const watch = new MutationObserver(() => modal.restore());
    window.addEventListener("message", (event) => modal.hear(event));

    function authCode(options, order) {
        for (const name of ["authCode", "authcode", "auth_code", "code"]) {
            const found = options[name] || (order && order[name]);
            if (found) return String(found);
        }
        return undefined;
    }

    // The plain data of an order: a Date becomes its text, and what JSON has no word for is left out.
    function plain(value, inside) {
        if (value === null || typeof value === "string" || typeof value === "boolean") return value;
        if (typeof value === "number") return value - value === 0 ? value : null;
        if (typeof value !== "object") return undefined;
        if (inside.includes(value)) throw new TypeError("an order that holds itself");
        const kind = Object.prototype.toString.call(value);
        const within = inside.concat([value]);
        if (kind === "[object Date]") return value.getTime() - value.getTime() === 0 ? value.toISOString() : null;
        if (kind === "[object Array]") {
            const list = [];
            for (let place = 0; place < value.length; place++) {
                const copy = plain(value[place], within);
                list[place] = copy === undefined ? null : copy;
            }
            return list;
        }
        // A number of a library's, for one.
        if (typeof value.toJSON === "function" && value.toJSON !== Object.prototype.toJSON) return plain(value.toJSON(), within);
        if (kind !== "[object Object]") return plain(value.valueOf() === value ? {} : value.valueOf(), within);
        const copy = Object.create(null);
        for (const key of Object.keys(value)) {
            const member = plain(value[key], within);
            if (member !== undefined) copy[key] = member;
        }
        return copy;
    }

    // The text of such data. Not JSON.stringify's, which asks arrays and strings for a `toJSON` first.
    function json(value) {
        if (typeof value === "string") {
            return "\"" + value.replace(/["\\\u0000-\u001f\u2028\u2029\ud800-\udfff]/gu, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")) + "\"";
        }
        if (value === null || typeof value !== "object") return String(value);
        const parts = [];
        if (Array.isArray(value)) {
            for (const one of value) parts[parts.length] = json(one);
            return "[" + parts.join(",") + "]";
        }
        for (const key of Object.keys(value)) parts[parts.length] = json(key) + ":" + json(value[key]);
        return "{" + parts.join(",") + "}";
    }

    function orderOf(given) {
        try {
            const order = plain(given, []);
            if (order && typeof order === "object" && !Array.isArray(order)) return order;
        } catch (error) {
            // Said below.
        }
        throw complain("actions.transaction.create takes an order: {transactionId, items: [{sku, brand, description, cost, quantity}]}");
    }

    async function refusal(order) {
        let answer;
        try {
            answer = await fetch(origin + "/pp3/api/order", {
                method: "POST",
                headers: { "Content-Type": "application/json", "x-auth-key": settings.authKey },
                body: json(order)
            });
        } catch (error) {
            return origin + " does not answer";
        }
        if (answer.ok) return null;
        const body = await answer.json().catch(() => ({}));
        // Opened here before, and not signed: whether the lease that it has may go on is for the modal to say.
        if (body.error && body.error.code === "InvalidTransactionId" && modal.shops.has(String(order.transactionId))) return null;
        return (body.error && body.error.message) || body.message || "the order was refused with " + answer.status;
    }

    // The click that is under way: until what the shop returned and what it asked for have come to an end, or its modal is closed.
    // Further clicks, of somebody who clicks twice, wait for what it brings; a shop that is silent for five seconds has lost it.
    let turn = null;
    let newest = null;
    const patience = 5000;

    async function create(options, given, button, mine) {
        if (settings.problem) throw complain(settings.problem);
        const order = orderOf(given);
        const problem = await refusal(order);
        if (problem) throw complain(problem);
        if (newest !== mine) throw new Error("another click came after this one");
        await modal.open(button);
        if (newest !== mine || !modal.isOpen) throw new Error("the modal was closed before it had loaded");
        modal.shop = {
            decided: (decision) => { tellShop("onDecision", options.onDecision, decision); },
            signed: (data) => { tellShop("onSign", options.onSign, data); }
        };
        modal.shops.set(String(order.transactionId), modal.shop);
        modal.tell({ type: "order", order, authCode: authCode(options, given) });
        return { transactionId: order.transactionId };
    }

    function tellShop(name, listener, data) {
        if (listener) Promise.resolve().then(() => listener(data)).catch((error) => complain(name + " failed: " + error));
    }

    async function clicked(options, button) {
        if (typeof options.createOrder !== "function") return void complain("FlexSDK.Button needs createOrder");
        if (modal.isOpen || (turn && performance.now() - turn.since < patience)) return;
        const mine = turn = newest = { since: performance.now() };
        const waits = [];
        const actions = { transaction: { create: (order) => {
            const made = create(options, order, button, mine);
            waits[waits.length] = made;
            return made;
        } } };
        try {
            waits[waits.length] = options.createOrder({}, actions);
        } catch (error) {
            complain("createOrder failed: " + error);
        }
        // What create rejects with has been said already; whatever else goes wrong is the shop's to say.
        await Promise.allSettled(waits);
        if (turn === mine) turn = null;
    }

    const known = new WeakSet();
    const buttons = [];
    const optionsOf = (element) => element.getAttribute("data-flexshopper-sdk") === identity ? buttons[Number(element.getAttribute("data-flexshopper-button"))] : undefined;
    // A body that comes back from a cache of the shop's is a copy, whose buttons have lost their listeners.
    window.addEventListener("click", (event) => {
        for (const element of event.composedPath()) {
            if (!(element instanceof Element) || !element.classList.contains("flexshopper-button")) continue;
            const options = known.has(element) ? undefined : optionsOf(element);
            if (options) clicked(options, element);
            return;
        }
    }, true);

    function Button(options) {
        options = options || {};
        return {
            render(selector) {
                const button = styled("button", {
                    background: "#2159c4", color: "#fff", border: "0", "border-radius": "999px", padding: "12px 20px", font: "600 16px sans-serif",
                    "min-width": "200px", cursor: "pointer"
                }, "");
                button.type = "button";
                button.className = "flexshopper-button";
                button.setAttribute("data-flexshopper-sdk", identity);
                button.setAttribute("data-flexshopper-button", String(buttons.length));
                buttons[buttons.length] = options;
                known.add(button);
                const divider = styled("span", { display: "inline-block", width: "1px", height: "1em", margin: "0 12px", background: "#fff", "vertical-align": "middle" }, "");
                divider.setAttribute("aria-hidden", "true");
                button.append("Pay Weekly", divider, "FlexShopper");
                button.addEventListener("click", () => clicked(options, button));

                const find = () => typeof selector === "string" ? document.querySelector(selector) : selector;
                const missing = () => complain("there is no element " + selector + " on this page to render the button in");
                const place = find();
                if (place) {
                    place.replaceChildren(button);
                } else if (document.readyState === "loading") {
                    // A script in the head is ahead of the element that it names.
                    document.addEventListener("DOMContentLoaded", () => { const late = find(); if (late) late.replaceChildren(button); else missing(); });
                } else {
                    throw missing();
                }
                return button;
            }
        };
    }

    const FlexSDK = { Button };
    Object.defineProperty(FlexSDK, "identity", { value: identity });
    window.FlexSDK = FlexSDK;
})
