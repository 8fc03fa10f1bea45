// The calls of the modal. They go through the same router as a shop's own; the server puts the shop's key in the place of the auth key.
export const authKey = new URLSearchParams(location.search).get("authKey") || "";
const store = "flexshopper:" + authKey;

// `isApplying`: whether an application was sent whose decision has not been shown. `drawn`: the orders that a lease was asked for and
// not signed, each with what was asked for.
const nothing = () => ({ token: null, email: "", profile: {}, personal: {}, isApplying: false, drawn: {} });

/** What is remembered in this tab, for this shop: who is signed in, and what was typed; never a number that is a secret. */
export const session = Object.assign(nothing(), read(stored()));

function stored() {
    try {
        return sessionStorage.getItem(store);
    } catch (error) {
        return null;
    }
}

/** `null` for what is no object. */
function read(text) {
    try {
        const value = JSON.parse(text);
        return value && typeof value === "object" ? value : null;
    } catch (error) {
        return null;
    }
}

export function remember() {
    try {
        sessionStorage.setItem(store, JSON.stringify(session));
    } catch (error) {
        // A browser that forbids storage to frames: the page itself still remembers.
    }
}

export function forget() {
    Object.assign(session, nothing());
    remember();
}

export class Refused extends Error {
    constructor(status, body) {
        super((body.error && body.error.message) || body.message || "The service answered " + status + ". Please try again.");
        this.status = status;
        this.code = body.error ? body.error.code : undefined;
    }
}

/** A call whose answer did not come: it may have been carried out. */
export class Unanswered extends Error {
    constructor() { super("The service does not answer. Please try again."); }
}

export async function call(method, path, body) {
    const headers = { "x-auth-key": authKey };
    if (session.token) headers["customer-token"] = session.token;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer, text;
    try {
        answer = await fetch("/pp3/api/" + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
        text = await answer.text();
    } catch (error) {
        throw new Unanswered();
    }
    const json = read(text);
    // Cut short, or a proxy's.
    if (answer.ok && !json) throw new Unanswered();
    if (answer.status === 401 && headers["customer-token"] && headers["customer-token"] === session.token) {
        // The token has expired, or the sandbox was reset: whoever it was must sign in again.
        session.token = null;
        remember();
        dispatchEvent(new Event("signedout"));
    }
    if (!answer.ok) throw new Refused(answer.status, json || {});
    return json.data === undefined ? json : json.data;
}
