"""A headless Chromium (Debian's) in front of the demo shop, and the modal's screens by the vendor's own element ids."""
import json, os, tempfile, urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

KEY = os.environ.get("MEDUSA_API_KEY", "shop")


def chromium(width=1000, height=900):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--force-device-scale-factor=1",
                     f"--window-size={width},{height}", "--user-data-dir=" + tempfile.mkdtemp(), "--lang=en-US"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, Service("/usr/bin/chromedriver"))


class Merchant:
    """The shop's own server: calls by the API key."""

    def __init__(self, url, key=KEY):
        self.url, self.key = url, key

    def call(self, method, path, body=None, token=None):
        headers = {"Authorization": self.key, "Content-Type": "application/json"}
        if token:
            headers["customer-token"] = token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return {"status": error.code, **json.load(error)}

    def create(self, email, password=None):
        body = {"firstName": "John", "lastName": "Doe", "email": email, **({"password": password} if password else {})}
        return self.call("POST", "/v3/users", body)["data"]

    def apply(self, token, bank=True):
        body = {"street1": "123 Test Dr.", "city": "Hollywood", "regionAbbr": "FL", "postalCode": "33021", "country": "US",
                "mobilePhone": "6514447773", "dateOfBirth": "1998-03-23", "ssn": "888776666",
                "employmentInformation": {"monthlyIncome": 5000, "payFrequency": "weekly"}}
        if bank:
            body["bankAccount"] = {"routing": "021000021", "account": "1234567890", "type": "checking"}
        return self.call("POST", "/v3/users/me/apply", body, token)

    def passcode(self):
        return self.call("GET", "/_sandbox/messages")["data"]["messages"][0]["passcode"]


class Page:
    """A tab with the demo shop, and its modal."""

    def __init__(self, driver, url, key=KEY, **given):
        self.driver, self.url, self.key = driver, url, key
        self.visit(**given)

    def visit(self, **given):
        query = "&".join(f"{name}={urllib.parse.quote(str(value))}" for name, value in {"authKey": self.key, **given}.items())
        self.driver.get(f"{self.url}/demo?{query}")
        self.wait(lambda _: self.driver.find_elements(By.CSS_SELECTOR, ".flexshopper-button"))

    def wait(self, condition, seconds=60):
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(condition)

    # The shop

    def open(self):
        """Clicks the button, and goes into the modal as the vendor's tests do: a frame within a frame."""
        self.driver.switch_to.default_content()
        self.driver.find_element(By.CSS_SELECTOR, ".flexshopper-button").click()
        self.enter()

    def enter(self):
        self.driver.switch_to.default_content()
        self.wait(lambda driver: driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal iframe"))
        self.wait(lambda driver: driver.find_element(By.ID, "flexshopper-modal").is_displayed())
        self.driver.switch_to.frame(0)
        self.wait(lambda driver: driver.find_elements(By.TAG_NAME, "iframe"))
        self.driver.switch_to.frame(0)
        self.wait(lambda driver: driver.find_elements(By.CSS_SELECTOR, "#app main[data-screen]"))

    def leave(self):
        self.driver.switch_to.default_content()
        self.wait(lambda driver: not driver.find_element(By.ID, "flexshopper-modal").is_displayed())

    def message(self, text):
        self.driver.switch_to.default_content()
        self.wait(lambda driver: text in driver.find_element(By.ID, "message").text)

    # The modal

    def screen(self, name):
        self.wait(lambda driver: driver.find_element(By.CSS_SELECTOR, "main").get_attribute("data-screen") == name)

    def find(self, id):
        return self.wait(lambda driver: driver.find_element(By.ID, id))

    def text(self):
        return self.driver.find_element(By.ID, "app").text

    def shows(self, text):
        self.wait(lambda driver: text in driver.find_element(By.ID, "app").text)

    def type(self, id, text):
        field = self.find(id)
        field.clear()
        field.send_keys(text)

    def choose(self, id, text):
        """From a native list, or from one that a click opens."""
        if self.find(id).tag_name == "select":
            Select(self.find(id)).select_by_visible_text(text)
        else:
            self.find(id).click()
            self.wait(lambda driver: driver.find_element(By.XPATH, f"//li[text()='{text}']")).click()

    def check(self, id):
        box = self.find(id)
        if not box.is_selected():
            box.click()

    def submit(self):
        self.find("formSubmitButton").click()

    def click(self, text):
        self.wait(lambda driver: [one for one in driver.find_elements(By.XPATH, f"//*[self::button or self::a][normalize-space()='{text}']") if one.is_displayed()])[0].click()

    def error(self, id, text):
        """The message at a field."""
        self.wait(lambda driver: driver.find_element(By.ID, id + "-error").text == text)
        span = self.driver.find_element(By.ID, id + "-error")
        assert (span.get_attribute("label") or text) == text

    # A whole screen at once

    def email(self, address):
        self.screen("email")
        self.type("email-input", address)
        self.submit()

    def sign_in(self, address, secret):
        self.email(address)
        self.screen("password")
        self.type("password-input", secret)
        self.submit()
        self.screen("review")

    def profile(self, first="Jane", last="Roe"):
        self.screen("profile")
        self.type("firstName-input", first)
        self.type("lastName-input", last)
        self.type("phone1-input", "18553539289")
        self.type("street1-input", "901 Yamato Rd")
        if self.find("enterManualLink").is_displayed():
            self.find("enterManualLink").click()
        self.type("street2-input", "260")
        self.type("city-input", "Boca Raton")
        self.choose("region-input", "FL")
        self.type("postalCode-input", "33431")
        self.submit()

    def personal(self, dob="11031956", ssn="478724725"):
        self.screen("personal")
        self.type("dob-input", dob)
        self.type("ssn-input", ssn)
        self.type("monthlyIncome-input", "5000")
        self.choose("payFrequency-input", "Weekly")
        self.check("isLegalTermsChecked-checkBoxRadio")
        self.submit()

    def banking(self, routing="063107513", account="9876543210"):
        self.type("routingNumber-input", routing)
        self.type("accountNumber-input", account)
        self.type("confirmAccountNumber-input", account)
        self.submit()

    def application(self, address, **who):
        self.email(address)
        self.profile()
        self.personal(**who)
        self.screen("banking")
        self.banking()

    def sign(self, name="Jane Roe"):
        self.screen("review")
        self.submit()
        self.screen("agreement")
        self.check("isAgreementChecked-checkBoxRadio")
        self.type("signature-input", name)
        self.submit()

    def confirmed(self):
        """The modal has closed, and the shop has found the lease signed and finalized it."""
        self.leave()
        self.message("is confirmed")
