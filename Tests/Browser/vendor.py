#!/usr/bin/env python3
"""Section D.4's table, driven as a suite of the vendor's own would: elements are addressed by what the table says (ids, names, tags and
whole texts) and by nothing else; the frames by their numbers. usage: vendor.py FLOW BASE-URL; vendor.py --list"""
import json, os, urllib.error, urllib.request

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from browser import Found, REPLACED, chromium, waiting
from flow import run

KEY = os.environ.get("MEDUSA_API_KEY", "shop")
EASY = "Enter your email address to sign in or begin application for a spending limit of up to $2,500 to shop today."


class Modal:
    """What the table names, found as it names it."""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url

    def visit(self):
        self.driver.get(f"{self.url}/demo?authKey={KEY}")
        self.open()

    def open(self):
        self.driver.switch_to.default_content()
        self.one(By.CSS_SELECTOR, ".flexshopper-button").click()
        for _ in range(2):
            self.wait(lambda _: self.into_frame())
        self.wait(lambda _: self.driver.find_elements(By.CSS_SELECTOR, "#app"))

    def into_frame(self):
        try:
            self.driver.switch_to.frame(0)
            return True
        except Exception:
            return False

    def wait(self, condition):
        return waiting(self.driver).until(condition)

    def one(self, by, what):
        """The first that is found must be the one that is seen, as a suite's findElement takes it."""
        def visible(_):
            found = self.driver.find_element(by, what)
            return found if found.is_displayed() else None
        return Found(self.wait, visible)

    def id(self, id):
        return self.one(By.ID, id)

    def named(self, name):
        return self.one(By.NAME, name)

    def tag(self, tag, text):
        """An element of that tag whose own text, or one of its text nodes, is exactly that."""
        return self.one(By.XPATH, f"//{tag}[text()={quoted(text)}]")

    def text(self, text):
        """Whatever the tag; the whole text."""
        return self.one(By.XPATH, f"//*[normalize-space(.)={quoted(text)}]")

    def says(self, text):
        """A message at a field: a span."""
        return self.tag("span", text)

    def labelled(self, text):
        return self.one(By.XPATH, f"//span[@label={quoted(text)}]")

    def type(self, id, text):
        self.id(id).type(text)

    def submit(self, label=None):
        if label:
            # The button of the screen before may still be there.
            self.wait(lambda _: self.driver.find_element(By.ID, "formSubmitButton").find_element(By.TAG_NAME, "span").text == label)
        self.id("formSubmitButton").click()

    def check(self, id):
        self.id(id).check()

    def frequency(self, text):
        """A list of li on a desktop, a native select on a phone."""
        field = self.id("payFrequency-input")
        if field.tag_name == "select":
            return field.choose(text)
        field.click()
        self.one(By.XPATH, f"//li[text()={quoted(text)}]").click()

    def api(self, method, path, body=None, token=None):
        headers = {"Authorization": KEY, "Content-Type": "application/json", **({"customer-token": token} if token else {})}
        request = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    # Steps

    def email(self, address):
        self.type("email-input", address)
        self.submit("Continue")

    def profile(self):
        self.text("Profile Info")
        self.type("firstName-input", "Jane")
        self.type("lastName-input", "Roe")
        self.type("phone1-input", "18553539289")
        self.type("street1-input", "901 Yamato Rd")
        self.one(By.ID, "enterManualLink").click()
        self.type("street2-input", "260")
        self.type("city-input", "Boca Raton")
        self.named("region").act(lambda one: Select(one).select_by_value("FL"))
        self.type("postalCode-input", "33431")
        self.check("emailConsent-checkBoxRadio")
        self.submit()

    def personal(self, dob="11031956", ssn="478724725", frequency="Weekly", income="5000"):
        self.text("Personal Info")
        self.type("dob-input", dob)
        self.type("ssn-input", ssn)
        self.type("monthlyIncome-input", income)
        self.frequency(frequency)
        self.check("isLegalTermsChecked-checkBoxRadio")
        self.check("teleMarketingConsent-checkBoxRadio")
        self.submit()

    def banking(self, routing="063107513", account="9876543210"):
        self.text("Banking Info")
        for name, text in (("routingNumber", routing), ("accountNumber", account), ("confirmAccountNumber", account)):
            self.named(name).type(text)
        self.submit("Submit Application")


def quoted(text):
    return f'"{text}"'


def known(modal, email="known.user@flexshopper.com", password="correct horse"):
    created = modal.api("POST", "/v3/users", {"firstName": "John", "lastName": "Doe", "email": email, "password": password})["data"]
    modal.api("POST", "/v3/users/me/apply", {
        "street1": "901 Yamato Rd", "city": "Boca Raton", "regionAbbr": "FL", "postalCode": "33431", "country": "US", "mobilePhone": "6514441234",
        "dateOfBirth": "1956-11-03", "ssn": "478724725", "employmentInformation": {"monthlyIncome": 5000, "payFrequency": "weekly"}}, created["token"])
    return email, password


def header_and_footer(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    for id in ("headerPanel", "headerPanel-close-button", "headerPanel-faq-button", "footer-accessibility-button", "footer-terms-button", "footer-privacy-button"):
        modal.id(id)
    modal.text("© 2023 FlexShopper, LLC")
    modal.text("U.S. Pat. Nos. 10,089,682 & 10,282,779")
    modal.id("headerPanel-close-button").click()
    driver.switch_to.default_content()
    modal.wait(lambda _: driver.find_element(By.CSS_SELECTOR, ".flexshopper-button").is_displayed())
    modal.open()
    modal.id("email-input")


def email_screen(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    modal.tag("h3", "Welcome to")
    modal.tag("h3", EASY)
    assert modal.one(By.CSS_SELECTOR, "svg") and len(driver.find_elements(By.CLASS_NAME, "cls-1")) >= 8
    field = modal.id("email-input")
    assert (field.get_attribute("name"), field.get_attribute("type")) == ("email", "email")
    modal.submit("Continue")
    modal.says("Invalid email address")
    modal.labelled("Invalid email address")
    for address in ("Abcde@flexshopper.c", "a..b@flexshopper.com", ".ab@flexshopper.com", "ab@flexshopper", "ab@flex_shopper.com", "ab@-flexshopper.com"):
        modal.type("email-input", address)
        modal.submit()
        assert driver.execute_script("return !document.getElementById('email-input').checkValidity()") or modal.says("Invalid email address"), address
    for address in ("abc", "abc@", "@flexshopper.com", "a b@flexshopper.com"):
        modal.type("email-input", address)
        modal.submit()
        assert driver.execute_script("return document.getElementById('email-input').validationMessage"), address
    modal.email("profileinfo@flexshopper.com")
    modal.text("Profile Info")


def password_screen(driver, url):
    modal = Modal(driver, url)
    email, password = known(modal)
    modal.visit()
    modal.email(email)
    modal.text("Looks like you already have an account with FlexShopper registered under this email address.")
    modal.text("Enter your password to sign in to your existing account.")
    modal.tag("span", "Sign In")
    modal.tag("a", "Forgot Password?")
    modal.submit("Sign In")
    modal.says("Required")
    modal.type("password-input", "wrong")
    modal.submit()
    modal.says("Invalid email or password: please check your details and try again")
    modal.id("notYou-button").click()
    modal.tag("h3", "Welcome to")
    modal.email(email)
    modal.type("password-input", password)
    modal.submit()
    modal.text("Review")


def forgot_password(driver, url):
    modal = Modal(driver, url)
    email, _ = known(modal)
    modal.visit()
    modal.email(email)
    modal.tag("a", "Forgot Password?").click()
    modal.text("How would you like to reset your password? You can verify by email or request a text to be sent to the mobile number linked to your account.")
    modal.text("Please choose one of the options below:")
    modal.tag("a", "Return to Password Sign In").click()
    modal.tag("h3", "Welcome to")
    modal.submit()
    modal.tag("a", "Forgot Password?").click()
    for option, target in (("Send email to:", email), ("Send SMS text with code to:", "xxx-xxx-1234")):
        modal.tag("span", option).click()
        modal.tag("span", target)
        modal.submit("Continue")
        modal.tag("h1", "We sent you a code")
        assert modal.tag("p", "Enter verification code we sent to").act(lambda one: one.find_element(By.TAG_NAME, "span").text) == target
        modal.text("No code received?").click()
        modal.tag("span", option)
    modal.submit()
    code = modal.api("GET", "/_sandbox/messages")["data"]["messages"][0]["passcode"]
    assert code.isalnum()
    modal.type("code-input", "WRONG1")
    modal.submit("Submit")
    modal.says("Invalid verification code")
    modal.type("code-input", code)
    modal.tag("span", "Submit").click()
    modal.text("Create a new password for your account")
    modal.text("Change Password")
    modal.id("notYou-button")
    modal.text(email)
    modal.type("password-input", "sixsix")
    modal.submit()
    modal.says("7 characters or more")
    modal.type("password-input", "seven77")
    modal.submit()
    modal.tag("span", "Password changed successfully")
    modal.tag("span", "Continue").click()
    modal.text("Review")
    modal.id("notYou-button").click()
    modal.email(email)
    modal.type("password-input", "seven77")
    modal.submit()
    modal.text("Review")


def sms_is_offered_only_where_a_phone_is_on_file(driver, url):
    modal = Modal(driver, url)
    modal.api("POST", "/v3/users", {"firstName": "John", "lastName": "Doe", "email": "nophone@flexshopper.com", "password": "correct horse"})
    modal.visit()
    modal.email("nophone@flexshopper.com")
    modal.tag("a", "Forgot Password?").click()
    modal.tag("span", "Send email to:")
    assert not driver.find_elements(By.XPATH, "//span[text()='Send SMS text with code to:']")


def profile_info(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    modal.email("profileinfo@flexshopper.com")
    modal.text("Profile Info")
    modal.submit()
    for id in ("firstName-input", "lastName-input"):
        for text in ("", "J@ne", "1", "R<e", "#"):
            modal.type(id, text)
            modal.submit()
            modal.says("No special characters")
        modal.type(id, "Jane")
    for text in ("123456789", "1234567", "28553539289"):
        modal.type("phone1-input", text)
        modal.submit()
        modal.says("Must be 10 characters")
    for text in ("18553539289", "8553539289"):
        modal.type("phone1-input", text)
        modal.submit()
        assert not driver.find_elements(By.XPATH, "//span[text()='Must be 10 characters']")
    for text in ("901 Yamato Rd", "ABC 123 XYZ"):
        modal.type("street1-input", text)
        assert not [one for one in driver.find_elements(By.TAG_NAME, "li") if one.get_attribute("role") == "option"], text
    for text in ("2700 N Military Trl", "6503 N Military Trl"):
        modal.type("street1-input", text)
        modal.wait(lambda _: [one for one in driver.find_elements(By.TAG_NAME, "li") if one.get_attribute("role") == "option" and text in one.text])
    modal.one(By.XPATH, "//li[@role='option']").click()
    assert modal.id("city-input").get_attribute("value") == "Boca Raton"
    assert modal.id("street1-input").get_attribute("value") == "6503 N Military Trl"
    modal.type("postalCode-input", "3343")
    modal.submit()
    modal.says("Must be 5 characters")
    modal.id("street2-input")
    assert modal.one(By.XPATH, "//label[starts-with(normalize-space(.), 'Sign me up to receive the latest news on FlexShopper and MyFlexLending products and promotions.')]")
    modal.type("postalCode-input", "33431")
    modal.submit()
    modal.text("Personal Info")


def personal_info(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    modal.email("personalinfo@flexshopper.com")
    modal.profile()
    modal.text("Personal Info")
    for date in ("00000000", "13102000", "12322000"):
        modal.named("dob").type(date)
        modal.submit()
        modal.says("Invalid date")
    for number in ("1", "12345678"):
        modal.type("ssn-input", number)
        modal.submit()
        modal.says("Must be 9 characters")
    assert modal.named("payFrequency")
    for text in ("Weekly", "Bi-Weekly", "Semi-Monthly", "Monthly"):
        modal.frequency(text)
        assert modal.id("payFrequency-input").get_attribute("value") == text
    for paper in ("Arbitration Agreement", "ESIGN Disclosure", "Terms of Use", "Privacy Policy"):
        modal.tag("a", paper)
    for ssn in ("362563215", "078051120", "666051120", "999051120", "357002345"):
        modal.type("ssn-input", ssn)
        modal.submit()
        assert not driver.find_elements(By.XPATH, "//span[text()='Must be 9 characters']"), ssn
    modal.personal()
    modal.text("Banking Info")


def pay_frequency_on_a_phone(driver, url):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})
    modal = Modal(driver, url)
    modal.visit()
    modal.email("banking@flexshopper.com")
    modal.profile()
    field = modal.id("payFrequency-input")
    assert field.tag_name == "select"
    assert field.act(lambda select: [one.text for one in select.find_elements(By.TAG_NAME, "option")])[1:] == ["Weekly", "Bi-Weekly", "Semi-Monthly", "Monthly"]
    modal.personal(frequency="Bi-Weekly")
    modal.text("Banking Info")


def banking_info(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    modal.email("banking@flexshopper.com")
    modal.profile()
    modal.personal()
    modal.text("Banking Info")
    for id, name in (("routingNumber-input", "routingNumber"), ("accountNumber-input", "accountNumber"), ("confirmAccountNumber-input", "confirmAccountNumber")):
        assert modal.id(id).get_attribute("name") == name
    for number in ("222", "12345", "12345678"):
        modal.type("routingNumber-input", number)
        modal.submit()
        modal.says("Must be 9 characters")
    for number in ("000000000", "084009519"):
        modal.type("routingNumber-input", number)
        modal.says("We do not accept this bank. Please try a different bank")
    for number, bank in (("325070760", "JPMorgan Chase"), ("026009593", "Bank of America N.A."), ("042000398", "PNC Bank"), ("022000020", "HSBC Bank USA, N.A"), ("122105155", "US Bank"),
                         ("063107513", "Wells Fargo"), ("221172610", "Citibank"), ("061000104", "SunTrust")):
        modal.type("routingNumber-input", number)
        modal.tag("span", bank)
    modal.type("accountNumber-input", "123")
    modal.submit()
    modal.says("4 characters or more")
    modal.type("accountNumber-input", "3333333333")
    modal.type("confirmAccountNumber-input", "3333333334")
    modal.submit()
    modal.says("Mismatched Account Number")
    modal.banking("021000021", "1357924680")
    # A step clicks the button, and the next one clicks it again, if it is still there.
    for button in driver.find_elements(By.ID, "formSubmitButton"):
        try:
            button.click()
        except REPLACED:
            pass
    modal.id("decision-decisionTitle-lease")


def decision_approved(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    modal.email("decisionscreen0122101500.approve@flexshopper.com")
    modal.profile()
    modal.personal()
    modal.banking()
    modal.id("decision-decisionTitle-lease")
    assert modal.id("decision-headerDescription-lease").act(lambda one: one.find_element(By.XPATH, "./div[1]").text) == "You were approved for a spending limit of"
    assert modal.id("decision-amount-lease").text == "$1,300.00"
    button = modal.id("decision-action-button")
    assert button.text == "Start Shopping"
    button.click()
    modal.text("Review")
    # Back in the store the customer is logged in.
    modal.id("headerPanel-close-button").click()
    modal.open()
    modal.text("Review")


def decision_denied(driver, url):
    modal = Modal(driver, url)
    modal.visit()
    modal.email("decisionscreen.deny0122101500.deny@flexshopper.com")
    modal.profile()
    modal.personal(dob="01011965", ssn="527684727", frequency="Bi-Weekly", income="1500")
    modal.banking()
    modal.text("You Still Have an Option")
    modal.tag("h3", "Big Picture Loans")
    modal.text("You can get funds as fast as tomorrow click continue to apply today!")
    modal.tag("span", "Continue").click()
    modal.tag("h2", "Thank You For Applying.")
    assert "You did not qualify for a spending limit" in modal.id("denied-denialDescription").text
    modal.id("denied-arbitrationLink-lease")
    exit = modal.id("referral-exitBtn-lease")
    assert exit.text == "Exit Application"
    exit.click()
    driver.switch_to.default_content()
    modal.wait(lambda _: driver.find_element(By.CSS_SELECTOR, ".flexshopper-button").is_displayed())
    modal.open()
    modal.tag("h2", "Thank You For Applying.")
    assert not driver.find_elements(By.XPATH, "//h3[text()='Big Picture Loans']"), "the popup is shown once"


if __name__ == "__main__":
    run(globals())
