// Who it is: e-mail, password, and the ways back to a forgotten one.
import { field, form, h, link, plainButton } from "./dom.js";
import { call, remember, session } from "./calls.js";
import { dialog, notYou, popup, proceed, show } from "./app.js";
import { logo } from "./logo.js";
import { profile } from "./application.js";

/** As the service checks it: atoms with single dots between them, an @, and a domain of two labels or more whose last is two letters or more. */
export const isEmail = (text) => text.length <= 254 && /^(?=[^@]{1,64}@)[^\s@.,;:<>()[\]"\\]+(\.[^\s@.,;:<>()[\]"\\]+)*@([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(\p{L}{2,63}|xn--[a-z0-9-]{1,59})$/iu.test(text);

/** The shortest password: everywhere the same. */
const leastPassword = 7;

/** @param note what is said above, when somebody comes here against their will */
export function email(note) {
    const address = field({
        id: "email-input", name: "email", type: "email", label: "Email Address", value: session.email, autocomplete: "email",
        blank: "Invalid email address", check: (text) => isEmail(text) ? undefined : "Invalid email address", change: (text) => { session.email = text.trim(); remember(); }
    });
    show({ id: "email", title: "Welcome to", level: 3, body: [
        logo(),
        note ? h("p", { role: "alert", class: "error" }, note) : undefined,
        h("h3", { class: "text" }, "Enter your email address to sign in or begin application for a spending limit of up to $2,500 to shop today."),
        form({ fields: [address], button: "Continue", submit: async () => {
            session.email = address.value;
            remember();
            const known = await call("GET", "v3/user-exists?email=" + encodeURIComponent(session.email));
            if (known.exists) password(known.userId); else profile();
        } })] });
}

function password(userId) {
    const secret = field({ id: "password-input", name: "password", type: "password", label: "Password", autocomplete: "current-password" });
    show({ id: "password", title: "Welcome back", body: [
        h("p", {}, "Looks like you already have an account with FlexShopper registered under this email address."),
        h("p", {}, "Enter your password to sign in to your existing account."),
        h("p", {}, session.email, " ", notYou()),
        form({ fields: [secret], button: "Sign In", submit: async () => {
            try {
                session.token = (await call("POST", "sign-in", { email: session.email, password: secret.value })).token;
            } catch (error) {
                if (error.code !== "InvalidCredentials") throw error;
                return secret.say("Invalid email or password: please check your details and try again");
            }
            remember();
            await proceed();
        }, below: [link("Forgot Password?", () => forgotten(userId))] })] });
}

async function forgotten(userId) {
    const ways = await call("POST", "recovery", { email: session.email });
    const choices = [["email", "Send email to:", session.email]];
    if (ways.phone) choices.push(["sms", "Send SMS text with code to:", ways.phone]);
    const radios = choices.map(([way, label, target], place) => {
        const control = h("input", { type: "radio", name: "transport", id: "transport-" + way, value: way });
        control.checked = place === 0;
        return { way, control, element: h("label", { class: "choice", for: control.id }, control, h("div", {}, h("span", {}, label), " ", h("span", {}, target))) };
    });
    const group = {
        element: h("fieldset", {}, h("legend", {}, "Please choose one of the options below:"), radios.map((one) => one.element)),
        check: () => true
    };
    show({ id: "forgotten", title: "Forgot Password", body: [
        h("p", {}, "How would you like to reset your password? You can verify by email or request a text to be sent to the mobile number linked to your account."),
        form({ fields: [group], button: "Continue", submit: async () => {
            const chosen = radios.find((one) => one.control.checked).way;
            await call("POST", "v3/users/" + userId + "/send-passcode", { transport: chosen });
            code(userId, choices.find(([way]) => way === chosen)[2]);
        }, below: [link("Return to Password Sign In", () => email())] })] });
}

/** A popup over the screen that it was asked for on. */
function code(userId, target) {
    const typed = field({ id: "code-input", name: "code", label: "Verification Code", autocomplete: "one-time-code" });
    const element = popup({ id: "code-dialog", title: "We sent you a code", level: 1, body: [
        // A text of its own, the space behind it another one.
        h("p", {}, "Enter verification code we sent to", " ", h("span", {}, target)),
        form({ fields: [typed], button: "Submit", submit: async () => {
            try {
                session.token = (await call("POST", "v3/users/" + userId + "/passcode-login", { passcode: typed.value.toUpperCase() })).token;
            } catch (error) {
                if (error.code !== "InvalidCredentials") throw error;
                return typed.say("Invalid verification code");
            }
            element.close();
            changed();
        }, below: [plainButton("No code received?", () => element.close())] })] });
}

export function changed() {
    const secret = field({
        id: "password-input", name: "password", type: "password", label: "New Password", autocomplete: "new-password",
        check: (text) => text.length >= leastPassword ? undefined : leastPassword + " characters or more"
    });
    show({ id: "change-password", title: "Change Password", body: [
        h("p", {}, "Create a new password for your account"),
        h("p", {}, h("span", {}, session.email), " ", notYou()),
        h("p", {}, "A password has " + leastPassword + " characters or more."),
        form({ fields: [secret], button: "Change Password", submit: async () => {
            await call("POST", "password", { password: secret.value });
            remember();
            await dialog({ id: "password-changed", title: "Change Password", body: h("p", { role: "status" }, h("span", {}, "Password changed successfully")), label: "Continue" });
            await proceed();
        } })] });
}
