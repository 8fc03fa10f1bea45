// The application: profile, personal and banking info, and what comes of it.
import { checkbox, field, form, h, money } from "./dom.js";
import { call, remember, session, Refused } from "./calls.js";
import { close, dialog, notYou, proceed, show, state, tell } from "./app.js";

const regions = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split(" ");
const suggestions = [
    { text: "901 Yamato Rd, 260, Boca Raton, FL 33431", street1: "901 Yamato Rd", street2: "260", city: "Boca Raton", region: "FL", postalCode: "33431" },
    { text: "123 Test Dr., Hollywood, FL 33021", street1: "123 Test Dr.", street2: "", city: "Hollywood", region: "FL", postalCode: "33021" }
];
const frequencies = [["weekly", "Weekly"], ["biweekly", "Bi-Weekly"], ["semimonthly", "Semi-Monthly"], ["monthly", "Monthly"]];

/** What is a secret stays in this page's memory, and is never stored. */
const secrets = { ssn: "", routing: "", account: "" };

const digits = (text) => text.replace(/\D/g, "");
const phone = (text) => digits(text).replace(/^1(?=\d{10}$)/, "");
const name = (text) => /^[\p{L}\p{M}' -]+$/u.test(text) ? undefined : "No special characters";

function tabs(current) {
    return h("ol", { class: "tabs", "aria-label": "Steps of the application" }, ["Profile Info", "Personal Info", "Banking Info"].map((title) =>
        h("li", { "aria-current": title === current ? "step" : undefined }, title)));
}

const back = (label, screen) => h("button", { type: "button", class: "link", onclick: screen }, label);

function keeping(group) {
    return (key) => ({ value: session[group][key] || "", change: (text) => { session[group][key] = text.trim(); remember(); } });
}

export function profile() {
    const kept = keeping("profile");
    const known = state.user || {};
    if (known.firstName && !session.profile.firstName) Object.assign(session.profile, { firstName: known.firstName, lastName: known.lastName });
    const firstName = field({ id: "firstName-input", name: "firstName", label: "First Name", autocomplete: "given-name", check: name, ...kept("firstName") });
    const lastName = field({ id: "lastName-input", name: "lastName", label: "Last Name", autocomplete: "family-name", check: name, ...kept("lastName") });
    const mobile = field({ id: "phone1-input", name: "phone1", type: "tel", label: "Mobile Phone", autocomplete: "tel", inputmode: "tel", check: (text) => phone(text).length === 10 ? undefined : "Must be 10 characters", ...kept("phone") });
    const street1 = field({ id: "street1-input", name: "street1", label: "Street Address", autocomplete: "address-line1", list: "street1-suggestions", ...kept("street1") });
    const street2 = field({ id: "street2-input", name: "street2", label: "Apartment or Suite (optional)", autocomplete: "address-line2", required: false, ...kept("street2") });
    const city = field({ id: "city-input", name: "city", label: "City", autocomplete: "address-level2", ...kept("city") });
    const region = field({ id: "region-input", name: "region", label: "State", autocomplete: "address-level1", options: regions.map((one) => [one, one]), ...kept("region") });
    const postalCode = field({ id: "postalCode-input", name: "postalCode", label: "ZIP Code", autocomplete: "postal-code", inputmode: "numeric", check: (text) => digits(text).length === 5 ? undefined : "Must be 5 characters", ...kept("postalCode") });
    const emailConsent = checkbox({ id: "emailConsent-checkBoxRadio", label: "Sign me up to receive the latest news on FlexShopper and MyFlexLending products and promotions.", checked: session.profile.emailConsent, change: (value) => { session.profile.emailConsent = value; remember(); } });

    const manual = h("div", { hidden: !session.profile.isManual }, [street2, city, region, postalCode].map((one) => one.element));
    const enter = h("button", { id: "enterManualLink", type: "button", class: "link", hidden: session.profile.isManual, onclick: () => openManually() }, "Enter Address Manually");
    function openManually() {
        session.profile.isManual = true;
        remember();
        manual.hidden = false;
        enter.hidden = true;
    }
    street1.control.addEventListener("input", () => {
        const chosen = suggestions.find((one) => one.text === street1.control.value);
        if (!chosen) return;
        for (const [key, one] of Object.entries({ street1, street2, city, region, postalCode })) {
            one.control.value = chosen[key];
            session.profile[key] = chosen[key];
        }
        openManually();
    });
    // One part of the form, so that what is hidden is shown when something in it is wrong.
    const address = {
        element: h("div", {}, street1.element, h("datalist", { id: "street1-suggestions" }, suggestions.map((one) => h("option", { value: one.text }))), enter, manual),
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
    const frequency = field({ id: "payFrequency-input", name: "payFrequency", label: "Pay Frequency", options: frequencies, ...kept("payFrequency") });
    const legal = checkbox({ id: "isLegalTermsChecked-checkBoxRadio", label: "I agree to the Arbitration Agreement, ESIGN Disclosure, Terms of Use and Privacy Policy.", required: true, checked: session.personal.legal, change: (value) => { session.personal.legal = value; remember(); } });
    // Beside the label, not inside it: a click there is a consent.
    const papers = ["Arbitration Agreement", "ESIGN Disclosure", "Terms of Use", "Privacy Policy"].map((title, place) =>
        h("button", { type: "button", class: "link", id: "legalTerms-link-" + place, onclick: () => dialog({ id: "legalTerms-dialog", title, body: h("p", {}, "This is a sandbox: there is nothing to read, and nothing that binds.") }) }, title));
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
        form({ fields: bank.all, button: "Submit Application", submit: () => apply(bank), below: [back("Back", personal)] })] });
    if (secrets.routing) look(bank.routing);
}

async function apply(bank) {
    const { profile: who, personal: more } = session;
    const number = await call("GET", "v3/routing-numbers/" + bank.routing.value);
    if (!number.accepted) {
        bank.routing.say(refusedBank);
        return bank.routing.control.focus();
    }
    if (!session.token) {
        const created = await call("POST", "v3/users", { firstName: who.firstName, lastName: who.lastName, email: session.email });
        session.token = created.token;
        remember();
    }
    try {
        await call("POST", "v3/users/me/apply", {
            street1: who.street1, ...(who.street2 ? { street2: who.street2 } : {}), city: who.city, regionAbbr: who.region, postalCode: digits(who.postalCode), country: "US",
            mobilePhone: phone(who.phone), dateOfBirth: isoDate(more.dob), ssn: secrets.ssn,
            employmentInformation: { monthlyIncome: Number(more.monthlyIncome.replace(/[$,]/g, "")), payFrequency: more.payFrequency },
            bankAccount: { routing: bank.routing.value, account: bank.account.value, type: "checking" },
            optInMarketing: Boolean(who.emailConsent)
        });
    } catch (error) {
        if (sayOfBank(error, bank.routing)) return;
        throw error;
    }
    Object.assign(secrets, { ssn: "", routing: "", account: "" });
    await decided();
}

async function decided() {
    state.user = await call("GET", "v3/users/me");
    const decision = state.user.decision;
    // What the shop is told: the decision as the API has it, as base64 of JSON.
    tell({ type: "decision", data: btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(decision)))) });
    if (decision.status === "pending") return pending();
    if (decision.status === "failed") {
        denied();
        return dialog({
            id: "referral-dialog", title: "You Still Have an Option", button: "Continue",
            body: [h("p", {}, h("strong", {}, "Big Picture Loans")), h("p", {}, "You can get funds as fast as tomorrow click continue to apply today!")]
        });
    }
    approved(decision);
}

function approved(decision) {
    show({ id: "approved", title: "You are approved", body: [
        h("h2", { id: "decision-decisionTitle-lease" }, "Congratulations, " + state.user.firstName + "!"),
        h("div", { id: "decision-headerDescription-lease" }, h("div", {}, "You were approved for a spending limit of"), h("div", { id: "decision-amount-lease", class: "amount" }, money(decision.spendingLimit))),
        h("ul", {}, h("li", {}, "Easy weekly payments"), h("li", {}, "Own it in 12 months or less"), h("li", {}, "90 days same as cash")),
        h("button", { id: "decision-action-button", type: "button", class: "primary", onclick: () => proceed() }, h("span", {}, "Start Shopping")),
        h("button", { id: "returnToStore-button", type: "button", class: "link", onclick: close }, "Return to the store to add items")] });
}

export function denied() {
    show({ id: "denied", title: "Thank You For Applying.", body: [
        h("p", { id: "denied-denialDescription" }, "You did not qualify for a spending limit at this time. A letter with the reasons will follow."),
        h("button", { id: "denied-arbitrationLink-lease", type: "button", class: "link", onclick: () => dialog({ id: "arbitration-dialog", title: "Arbitration Agreement", body: h("p", {}, "This is a sandbox: there is nothing to arbitrate.") }) }, "Arbitration Agreement"),
        h("button", { id: "referral-exitBtn-lease", type: "button", class: "primary", onclick: close }, h("span", {}, "Exit Application"))] });
}

export function pending() {
    show({ id: "pending", title: "Your application is under review", body: [
        h("p", { id: "pending-description" }, "We need a little more time to decide. Come back later: this page knows you."),
        h("button", { id: "pending-check-button", type: "button", class: "primary", onclick: () => proceed() }, h("span", {}, "Check Again")),
        h("button", { type: "button", class: "link", onclick: close }, "Return to the store")] });
}
