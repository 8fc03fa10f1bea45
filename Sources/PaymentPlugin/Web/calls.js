// The calls of the modal. They go through the same router as a shop's own; the server puts the shop's key in the place of the auth key.
export const authKey = new URLSearchParams(location.search).get("authKey") || "";
const store = "flexshopper:" + authKey;

/** What is remembered in this tab, for this shop: who is signed in, and what was typed; never a number that is a secret. */
export const session = Object.assign({ token: null, email: "", profile: {}, personal: {} }, read());

function read() {
    try {
        return JSON.parse(sessionStorage.getItem(store)) || {};
    } catch (error) {
        return {};
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
    Object.assign(session, { token: null, email: "", profile: {}, personal: {} });
    remember();
}

export class Refused extends Error {
    constructor(status, body) {
        super((body.error && body.error.message) || body.message || "The service answered " + status + ". Please try again.");
        this.status = status;
        this.code = body.error ? body.error.code : undefined;
    }
}

export async function call(method, path, body) {
    const headers = { "x-auth-key": authKey };
    if (session.token) headers["customer-token"] = session.token;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer;
    try {
        answer = await fetch("/pp3/api/" + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch (error) {
        throw new Error("The service does not answer. Please try again.");
    }
    const json = await answer.json().catch(() => ({}));
    if (answer.status === 401 && session.token) {
        // The token has expired, or the sandbox was reset: whoever it was must sign in again.
        session.token = null;
        remember();
        dispatchEvent(new Event("signedout"));
    }
    if (!answer.ok) throw new Refused(answer.status, json);
    return json.data === undefined ? json : json.data;
}
