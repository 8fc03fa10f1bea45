// The application: profile, personal and banking info, and what comes of it.
import { button, checkbox, field, form, h, link, money, plainButton } from "./dom.js";
import { call, remember, session, Refused } from "./calls.js";
import { close, dialog, notYou, proceed, show, state, tell } from "./app.js";

const regions = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split(" ");
// Streets that an address is suggested for, as a directory of the post's would; each number with its suites.
const directory = [
    { street1: "2700 N Military Trl", units: ["Ste 100", "Ste 200", "Ste 300"], city: "Boca Raton", region: "FL", postalCode: "33431" },
    { street1: "6503 N Military Trl", units: ["Apt 101", "Apt 201", "Apt 301"], city: "Boca Raton", region: "FL", postalCode: "33496" }
].flatMap(({ units, ...place }) => ["", ...units].map((street2) => ({ street2, ...place })));

const inAddress = (text) => text.toUpperCase().replace(/[.,#]/g, " ").trim().replace(/\s+/g, " ").replace(/\bNORTH\b/, "N").replace(/\b(TRAIL|TR)\b/, "TRL");
const written = (one) => [one.street1, one.street2, one.city, one.region].filter(Boolean).join(", ") + " " + one.postalCode;

/** What begins as it was typed: from the number and something of the street on. */
function suggestions(typed) {
    const text = inAddress(typed);
    return /^\d+ \S/.test(text) ? directory.filter((one) => inAddress(written(one)).startsWith(text)) : [];
}

const frequencies = [["weekly", "Weekly"], ["biweekly", "Bi-Weekly"], ["semimonthly", "Semi-Monthly"], ["monthly", "Monthly"]];

/** What is a secret stays in this page's memory, and is never stored. */
const secrets = { ssn: "", routing: "", account: "", password: "" };

/** Another person may come after. */
export function forgetSecrets() { Object.assign(secrets, { ssn: "", routing: "", account: "", password: "" }); }

const digits = (text) => text.replace(/\D/g, "");
const phone = (text) => digits(text).replace(/^1(?=\d{10}$)/, "");
const name = (text) => /^[\p{L}\p{M}' -]+$/u.test(text) ? undefined : "No special characters";

function tabs(current) {
    return h("ol", { class: "tabs", "aria-label": "Steps of the application" }, ["Profile Info", "Personal Info", "Banking Info"].map((title) =>
        h("li", { "aria-current": title === current ? "step" : undefined }, title)));
}

const back = (label, screen) => plainButton(label, screen);

function keeping(group) {
    return (key) => ({ value: session[group][key] || "", change: (text) => { session[group][key] = text.trim(); remember(); } });
}

export function profile() {
    const kept = keeping("profile");
    const known = state.user || {};
    if (known.firstName && !session.profile.firstName) Object.assign(session.profile, { firstName: known.firstName, lastName: known.lastName });
    const firstName = field({ id: "firstName-input", name: "firstName", label: "First Name", autocomplete: "given-name", check: name, blank: "No special characters", ...kept("firstName") });
    const lastName = field({ id: "lastName-input", name: "lastName", label: "Last Name", autocomplete: "family-name", check: name, blank: "No special characters", ...kept("lastName") });
    const mobile = field({ id: "phone1-input", name: "phone1", type: "tel", label: "Mobile Phone", autocomplete: "tel", inputmode: "tel", check: (text) => phone(text).length === 10 ? undefined : "Must be 10 characters", ...kept("phone") });
    const street1 = field({ id: "street1-input", name: "street1", label: "Street Address", autocomplete: "address-line1", suggest: { find: suggestions, text: written, take: (one) => fill(one) }, ...kept("street1") });
    const street2 = field({ id: "street2-input", name: "street2", label: "Apartment or Suite (optional)", autocomplete: "address-line2", required: false, ...kept("street2") });
    const city = field({ id: "city-input", name: "city", label: "City", autocomplete: "address-level2", ...kept("city") });
    const region = field({ id: "region-input", name: "region", label: "State", autocomplete: "address-level1", options: regions.map((one) => [one, one]), ...kept("region") });
    const postalCode = field({ id: "postalCode-input", name: "postalCode", label: "ZIP Code", autocomplete: "postal-code", inputmode: "numeric", check: (text) => digits(text).length === 5 ? undefined : "Must be 5 characters", ...kept("postalCode") });
    const emailConsent = checkbox({ id: "emailConsent-checkBoxRadio", label: "Sign me up to receive the latest news on FlexShopper and MyFlexLending products and promotions.", checked: session.profile.emailConsent, change: (value) => { session.profile.emailConsent = value; remember(); } });

    const manual = h("div", { hidden: !session.profile.isManual }, [street2, city, region, postalCode].map((one) => one.element));
    const enter = link("Enter Address Manually", () => openManually(), { id: "enterManualLink", hidden: session.profile.isManual });
    function openManually() {
        session.profile.isManual = true;
        remember();
        manual.hidden = false;
        enter.hidden = true;
    }
    function fill(chosen) {
        for (const [key, one] of Object.entries({ street1, street2, city, region, postalCode })) {
            one.control.value = chosen[key];
            session.profile[key] = chosen[key];
            one.say("");
        }
        openManually();
    }
    // One part of the form, so that what is hidden is shown when something in it is wrong.
    const address = {
        element: h("div", {}, street1.element, enter, manual),
        get control() { return [street1, city, region, postalCode].find((one) => one.control.getAttribute("aria-invalid"))?.control || street1.control; },
        check() {
            const wrong = [street1, street2, city, region, postalCode].filter((one) => !one.check());
            if (wrong.length) openManually();
            return !wrong.length;
        }
    };
    show({ id: "profile", title: "Profile Info", body: [
        tabs("Profile Info"), h("p", {}, session.email, " ", notYou()),
        form({ fields: [firstName, lastName, mobile, address, emailConsent], button: "Continue", submit: personal })] });
}

/** MMDDYYYY, typed with or without slashes, as 1990-12-31; nothing for a date that is none, or to come. */
function isoDate(text) {
    const typed = digits(text);
    if (typed.length !== 8) return undefined;
    const [month, day, year] = [typed.slice(0, 2), typed.slice(2, 4), typed.slice(4)].map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    const isReal = year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date < new Date();
    return isReal ? date.toISOString().slice(0, 10) : undefined;
}

const slashed = (text) => digits(text).slice(0, 8).replace(/^(\d{2})(\d)/, "$1/$2").replace(/^(\d{2}\/\d{2})(\d)/, "$1/$2");

function personal() {
    const kept = keeping("personal");
    const dob = field({
        id: "dob-input", name: "dob", label: "Date of Birth (MM/DD/YYYY)", inputmode: "numeric", autocomplete: "bday", check: (text) => isoDate(text) ? undefined : "Invalid date",
        input: (one) => { one.control.value = slashed(one.control.value); }, ...kept("dob")
    });
    const ssn = field({ id: "ssn-input", name: "ssn", type: "password", label: "Social Security Number", inputmode: "numeric", autocomplete: "off", value: secrets.ssn, change: (text) => { secrets.ssn = digits(text); }, check: (text) => digits(text).length === 9 ? undefined : "Must be 9 characters" });
    const income = field({ id: "monthlyIncome-input", name: "monthlyIncome", label: "Monthly Income", inputmode: "decimal", check: (text) => /^\$?\d[\d,]*(\.\d{1,2})?$/.test(text) ? undefined : "Invalid amount", ...kept("monthlyIncome") });
    const frequency = field({ id: "payFrequency-input", name: "payFrequency", label: "Pay Frequency", options: frequencies, listed: true, ...kept("payFrequency") });
    const legal = checkbox({ id: "isLegalTermsChecked-checkBoxRadio", label: "I agree to the Arbitration Agreement, ESIGN Disclosure, Terms of Use and Privacy Policy.", required: true, checked: session.personal.legal, change: (value) => { session.personal.legal = value; remember(); } });
    // Beside the label, not inside it: a click there is a consent.
    const papers = ["Arbitration Agreement", "ESIGN Disclosure", "Terms of Use", "Privacy Policy"].map((title, place) =>
        link(title, () => { dialog({ id: "legalTerms-dialog", title, body: h("p", {}, "This is a sandbox: there is nothing to read, and nothing that binds.") }); }, { id: "legalTerms-link-" + place }));
    legal.element.append(h("div", { class: "papers" }, papers));
    const calls = checkbox({ id: "teleMarketingConsent-checkBoxRadio", label: "I agree to be called and texted about offers. This is no condition of an approval.", checked: session.personal.calls, change: (value) => { session.personal.calls = value; remember(); } });
    show({ id: "personal", title: "Personal Info", body: [
        tabs("Personal Info"),
        form({ fields: [dob, ssn, income, frequency, legal, calls], button: "Continue", submit: banking, below: [back("Back", profile)] })] });
}

/** The bank fields, here and where a further payment method is asked for. */
export function bankFields() {
    const routing = field({
        id: "routingNumber-input", name: "routingNumber", label: "Routing Number", inputmode: "numeric", autocomplete: "off", value: secrets.routing, change: (text) => { secrets.routing = text.trim(); },
        check: (text) => /^\d{9}$/.test(text) ? undefined : "Must be 9 characters",
        input: (one) => { look(one); }
    });
    const account = field({ id: "accountNumber-input", name: "accountNumber", label: "Account Number", inputmode: "numeric", autocomplete: "off", value: secrets.account, change: (text) => { secrets.account = text.trim(); }, check: (text) => text.length >= 4 ? undefined : "4 characters or more" });
    const confirmation = field({ id: "confirmAccountNumber-input", name: "confirmAccountNumber", label: "Confirm Account Number", inputmode: "numeric", autocomplete: "off", check: (text) => text === account.value ? undefined : "Mismatched Account Number" });
    return { routing, account, confirmation, all: [routing, account, confirmation] };
}

const refusedBank = "We do not accept this bank. Please try a different bank";

async function look(routing) {
    routing.note.textContent = "";
    const number = routing.value;
    if (!/^\d{9}$/.test(number)) return;
    try {
        const bank = await call("GET", "v3/routing-numbers/" + number);
        if (routing.value !== number) return;
        routing.note.textContent = bank.bankName || "";
        routing.say(bank.accepted ? "" : refusedBank);
    } catch (error) {
        // The application itself will say.
    }
}

/** Whether a refusal speaks of the bank; if so, it is said at its field. */
export function sayOfBank(error, routing) {
    if (!(error instanceof Refused) || ![11505, 11506, 11503].includes(error.code)) return false;
    routing.say(error.code === 11505 ? refusedBank : error.message);
    routing.control.focus();
    return true;
}

function banking() {
    const bank = bankFields();
    show({ id: "banking", title: "Banking Info", body: [
        tabs("Banking Info"),
        form({ fields: bank.all, button: "Submit Application", busy: "We are looking at your application …", submit: () => apply(bank), below: [back("Back", personal)] })] });
    if (secrets.routing) look(bank.routing);
}

async function apply(bank) {
    const { profile: who, personal: more } = session;
    const moment = new Promise((resolve) => setTimeout(resolve, state.quote ? state.quote.decidingTime_ms : 0));
    const number = await call("GET", "v3/routing-numbers/" + bank.routing.value);
    if (!number.accepted) {
        bank.routing.say(refusedBank);
        return bank.routing.control.focus();
    }
    if (!session.token) await join(who);
    session.isApplying = true;
    remember();
    try {
        await call("POST", "v3/users/me/apply", {
            street1: who.street1, ...(who.street2 ? { street2: who.street2 } : {}), city: who.city, regionAbbr: who.region, postalCode: digits(who.postalCode), country: "US",
            mobilePhone: phone(who.phone), dateOfBirth: isoDate(more.dob), ssn: secrets.ssn,
            employmentInformation: { monthlyIncome: Number(more.monthlyIncome.replace(/[$,]/g, "")), payFrequency: more.payFrequency },
            bankAccount: { routing: bank.routing.value, account: bank.account.value, type: "checking" },
            optInMarketing: Boolean(who.emailConsent)
        });
    } catch (error) {
        // What was refused did not happen; what a gateway failed at, or did not answer, may have.
        if (error instanceof Refused && error.status < 500 && error.code !== "CustomerAlreadyApplied") session.isApplying = false;
        remember();
        if (sayOfBank(error, bank.routing)) return;
        // Carried out before, and the answer was lost: the decision is there.
        if (!(error instanceof Refused) || error.code !== "CustomerAlreadyApplied") throw error;
    }
    state.user = await call("GET", "v3/users/me");
    await moment;
    Object.assign(secrets, { ssn: "", routing: "", account: "", password: "" });
    return decided();
}

/**
 * The customer's user. It has a password that nobody knows, as long as this page is there: it lets in a second attempt where the first
 * one was carried out, and its answer was lost.
 */
async function join(who) {
    secrets.password = secrets.password || Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    let joined;
    try {
        joined = await call("POST", "v3/users", { firstName: who.firstName, lastName: who.lastName, email: session.email, password: secrets.password });
    } catch (error) {
        if (!(error instanceof Refused) || error.code !== "UserAlreadyExists") throw error;
        try {
            joined = await call("POST", "sign-in", { email: session.email, password: secrets.password });
        } catch (refused) {
            // Somebody else has joined with that address meanwhile.
            throw refused instanceof Refused && refused.code === "InvalidCredentials" ? error : refused;
        }
    }
    session.token = joined.token;
    remember();
}

/** What came of an application that was made here, now or in a call whose answer was lost. */
export function decided() {
    const decision = state.user.decision;
    session.isApplying = false;
    remember();
    // What the shop is told: the decision as the API has it, as base64 of JSON.
    tell({ type: "decision", data: btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(decision)))) });
    if (decision.status === "pending") return pending();
    if (decision.status === "failed") {
        denied();
        dialog({
            id: "referral-dialog", title: "You Still Have an Option", label: "Continue",
            body: [h("h3", {}, "Big Picture Loans"), h("p", {}, "You can get funds as fast as tomorrow click continue to apply today!")]
        });
        return;
    }
    approved(decision);
}

function approved(decision) {
    show({ id: "approved", title: "You are approved", body: [
        h("h2", { id: "decision-decisionTitle-lease" }, "Congratulations, " + state.user.firstName + "!"),
        h("div", { id: "decision-headerDescription-lease" }, h("div", {}, "You were approved for a spending limit of"), h("div", { id: "decision-amount-lease", class: "amount" }, money(decision.spendingLimit))),
        h("ul", {}, h("li", {}, "Easy weekly payments"), h("li", {}, "Own it in 12 months or less"), h("li", {}, "90 days same as cash")),
        button("Start Shopping", () => proceed(), { id: "decision-action-button" }),
        plainButton("Return to the store to add items", close, { id: "returnToStore-button" })] });
}

export function denied() {
    show({ id: "denied", title: "Thank You For Applying.", level: 2, body: [
        h("p", { id: "denied-denialDescription" }, "You did not qualify for a spending limit at this time. A letter with the reasons will follow."),
        link("Arbitration Agreement", () => { dialog({ id: "arbitration-dialog", title: "Arbitration Agreement", body: h("p", {}, "This is a sandbox: there is nothing to arbitrate.") }); }, { id: "denied-arbitrationLink-lease" }),
        button("Exit Application", close, { id: "referral-exitBtn-lease" })] });
}

export function pending() {
    show({ id: "pending", title: "Your application is under review", body: [
        h("p", { id: "pending-description" }, "We need a little more time to decide. Come back later: this page knows you."),
        button("Check Again", () => proceed(), { id: "pending-check-button" }),
        plainButton("Return to the store", close)] });
}
