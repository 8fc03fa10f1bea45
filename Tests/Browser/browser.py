"""A headless Chromium (Debian's) in front of the demo shop, and the modal's screens by the vendor's own element ids."""
import http.server, json, os, random, socket, ssl, subprocess, tempfile, threading, time, urllib.parse, urllib.request

from selenium import webdriver
from selenium.common.exceptions import (ElementClickInterceptedException, ElementNotInteractableException, InvalidElementStateException, NoSuchElementException,
                                        NoSuchFrameException, StaleElementReferenceException)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

KEY = os.environ.get("MEDUSA_API_KEY", "shop")

# For the developer, who looks for what only a slower machine shows: how many times slower the browser is, and how many seconds at most each
# of the modal's calls waits besides.
SLOWER = float(os.environ.get("MEDUSA_BROWSER_SLOWER", "1"))
DELAY = float(os.environ.get("MEDUSA_BROWSER_DELAY", "0"))

# What a screen answers that is replaced, or covered, just when it is used.
REPLACED = (StaleElementReferenceException, ElementNotInteractableException, ElementClickInterceptedException, InvalidElementStateException, NoSuchElementException)


class Found:
    """What stands at a place of the screen. It is found anew for each use, and again where the screen was replaced between the two."""

    def __init__(self, wait, find):
        self.wait, self.find = wait, find
        self.act(lambda one: None)

    def act(self, action):
        """Does that to it; what is being replaced, hidden or covered is waited for."""
        def attempt(driver):
            try:
                one = self.find(driver)
                return one and (action(one),)
            except REPLACED:
                return None
        return self.wait(attempt)[0]

    def click(self):
        self.act(lambda one: one.click())

    def type(self, text):
        self.act(lambda one: (one.clear(), one.send_keys(text)))

    def get_attribute(self, name):
        return self.act(lambda one: one.get_attribute(name))

    def is_displayed(self):
        return self.act(lambda one: one.is_displayed())

    @property
    def text(self):
        return self.act(lambda one: one.text)

    @property
    def tag_name(self):
        return self.act(lambda one: one.tag_name)

    def choose(self, text):
        """From a native list."""
        self.act(lambda one: Select(one).select_by_visible_text(text))

    def check(self):
        self.act(lambda one: None if one.is_selected() else one.click())


def waiting(driver, seconds=60):
    return WebDriverWait(driver, seconds, poll_frequency=0.05, ignored_exceptions=(StaleElementReferenceException,))


def chromium(width=1000, height=900, *more):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--force-device-scale-factor=1",
                     f"--window-size={width},{height}", "--user-data-dir=" + tempfile.mkdtemp(), "--lang=en-US", *more):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
    if SLOWER > 1:
        driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return driver


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

    def settings(self, **settings):
        answer = self.call("PATCH", "/_sandbox/settings", settings)
        assert "status" not in answer, answer

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


class Shops:
    """Shops of another origin: pages by their paths, each with fields of its own."""

    def __init__(self):
        self.pages = {}
        pages = self.pages

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text, fields = pages.get(self.path.split("?")[0], ("", {}))
                self.send_response(200 if text else 404)
                for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(text.encode())), **fields}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.origin = f"http://localhost:{server.server_port}"

    def add(self, text, path=None, **fields):
        """The address of a page. `fields`: Cross_Origin_Opener_Policy="same-origin"."""
        path = path or f"/{len(self.pages)}"
        self.pages[path] = (text, {name.replace("_", "-"): value for name, value in fields.items()})
        return self.origin + path


class Proxy:
    """A server between the browser and the sandbox, which can fail as networks do."""

    def __init__(self, url, host="127.0.0.1", tls=False):
        self.fields = {}  # sent on besides the browser's own; {host} is what the browser calls the proxy
        self.lost = lambda method, path: None  # "before" or "after" the request is carried out, or nothing
        self.wait = {}  # by path, what is waited for
        self.delay = 0  # seconds at most that a call of the modal's waits
        self.calls = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                path = self.path.split("?")[0]
                proxy.calls.append((self.command, path))
                fate = proxy.lost(self.command, path)
                if fate == "before":
                    return self.drop()
                if path in proxy.wait:
                    proxy.wait[path].wait(60)
                if proxy.delay and path.startswith("/pp3/"):
                    time.sleep(random.uniform(0, proxy.delay))
                fields = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
                for name, value in proxy.fields.items():
                    fields[name] = value.format(host=self.headers["Host"])
                try:
                    answer = urllib.request.urlopen(urllib.request.Request(url + self.path, body, fields, method=self.command))
                except urllib.error.HTTPError as error:
                    answer = error
                text = answer.read()
                if fate == "after":
                    return self.drop()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("connection", "content-length", "transfer-encoding", "keep-alive"):
                        self.send_header(name, value)
                if fate == "half":
                    # The rest never comes.
                    self.send_header("Content-Length", str(len(text) + 100))
                    self.end_headers()
                    self.wfile.write(text[:len(text) // 2])
                    self.wfile.flush()
                    return self.drop()
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def drop(self):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            do_GET = do_POST = do_OPTIONS = do_PUT = do_PATCH = do_DELETE = pass_on

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *arguments: None
        if tls:
            folder = tempfile.mkdtemp()
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem", "-days", "2",
                            "-subj", f"/CN={host}"], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.origin = f"{'https' if tls else 'http'}://{host}:{server.server_port}"


# What a shop's page does: it remembers the orders that were asked for, what it was told, and what went wrong.
SHOP_CALL = """
window.seen = { orders: [], signed: [], decisions: [], failed: [] };
window.sell = (place) => FlexSDK.Button({
  createOrder: (data, actions) => {
    const transactionId = "T-" + Date.now() + "-" + seen.orders.length;
    seen.orders.push(transactionId);
    return actions.transaction.create({ transactionId, items: [{ description: "Sofa", sku: "S1", cost: 120.34, brand: "n/a", quantity: 1, shipping: { cost: 10.33, date: new Date(), method: "ground" } }] })
      .catch((error) => { seen.failed.push(error.message); });
  },
  onDecision: (decision) => { seen.decisions.push(atob(decision)); },
  onSign: (data) => { seen.signed.push(data); }
}).render(place);
"""


def shop(url, key=KEY, before="", head=None, style="", body='<p>A shop</p><div id="pay"></div>', call=SHOP_CALL + 'sell("#pay");', attributes=""):
    """A shop's page. `head`: how it loads the script."""
    head = head if head is not None else f'<script src="{url}/sdk/js?authKey={key}"></script>'
    return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,">{before}{head}'
            f'<style>{style}</style></head><body {attributes}>{body}<script>{call}</script></body></html>')


class Page:
    """A tab with the demo shop, and its modal."""

    def __init__(self, driver, url, key=KEY, address=None, **given):
        self.driver, self.url, self.key, self.address = driver, url, key, address
        self.visit(**given)

    def visit(self, **given):
        query = "&".join(f"{name}={urllib.parse.quote(str(value))}" for name, value in {"authKey": self.key, **given}.items())
        self.driver.get(self.address or f"{self.url}/demo?{query}")
        self.ready()

    def ready(self):
        self.wait(lambda _: self.driver.find_elements(By.CSS_SELECTOR, ".flexshopper-button"))

    def wait(self, condition, seconds=60):
        return waiting(self.driver, seconds).until(condition)

    # The shop

    def press(self):
        """The shop's button."""
        self.driver.switch_to.default_content()
        Found(self.wait, lambda driver: driver.find_element(By.CSS_SELECTOR, ".flexshopper-button")).click()

    def open(self):
        """Clicks the button, and goes into the modal as the vendor's tests do: a frame within a frame."""
        self.press()
        self.enter()

    def enter(self):
        self.wait(lambda _: self.goes_in())

    def goes_in(self):
        """From the page inwards; not where no modal is shown, or a frame is replaced on the way."""
        self.driver.switch_to.default_content()
        try:
            modal = self.driver.find_elements(By.ID, "flexshopper-modal")
            if not (modal and modal[0].is_displayed() and self.driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal iframe")):
                return False
            self.driver.switch_to.frame(0)
            self.driver.switch_to.frame(0)
        except (NoSuchFrameException, StaleElementReferenceException):
            return False
        return bool(self.driver.find_elements(By.CSS_SELECTOR, "#app main[data-screen]"))

    def leave(self):
        self.driver.switch_to.default_content()
        self.wait(lambda driver: not driver.find_element(By.ID, "flexshopper-modal").is_displayed())

    def message(self, text):
        self.driver.switch_to.default_content()
        self.wait(lambda driver: text in driver.find_element(By.ID, "message").text)

    # The modal

    def screen(self, *names):
        """Waits for one of these screens; its name."""
        def shown(driver):
            name = driver.find_element(By.CSS_SELECTOR, "main").get_attribute("data-screen")
            return name if name in names else None
        try:
            return self.wait(shown)
        except Exception as error:
            raise AssertionError(f"none of {names}: {self.text()!r}") from error

    def find(self, id):
        return Found(self.wait, lambda driver: driver.find_element(By.ID, id))

    def text(self):
        return self.driver.find_element(By.ID, "app").text

    def shows(self, text):
        try:
            self.wait(lambda driver: text in driver.find_element(By.ID, "app").text)
        except Exception as error:
            raise AssertionError(f"{text!r} is not in {self.text()!r}") from error

    def type(self, id, text):
        self.find(id).type(text)

    def choose(self, id, text):
        """From a native list, or from one that a click opens."""
        if self.find(id).tag_name == "select":
            self.find(id).choose(text)
        else:
            self.find(id).click()
            Found(self.wait, lambda driver: driver.find_element(By.XPATH, f"//li[text()='{text}']")).click()

    def check(self, id):
        self.find(id).check()

    def main_button(self, screen):
        """Of that screen, or of that dialog, and of no other: the one before may still be there."""
        place = f'main[data-screen="{screen}"] #formSubmitButton, dialog#{screen} #formSubmitButton'
        return Found(self.wait, lambda driver: driver.find_element(By.CSS_SELECTOR, place))

    def submit(self, screen):
        self.main_button(screen).click()

    def click(self, text):
        def visible(driver):
            return next((one for one in driver.find_elements(By.XPATH, f"//*[self::button or self::a][normalize-space()='{text}']") if one.is_displayed()), None)
        Found(self.wait, visible).click()

    def error(self, id, text):
        """The message at a field."""
        self.wait(lambda driver: driver.find_element(By.ID, id + "-error").text == text)
        span = self.driver.find_element(By.ID, id + "-error")
        assert (span.get_attribute("label") or text) == text

    # A whole screen at once

    def email(self, address):
        self.screen("email")
        self.type("email-input", address)
        self.submit("email")

    def sign_in(self, address, secret):
        self.email(address)
        self.screen("password")
        self.type("password-input", secret)
        self.submit("password")
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
        self.submit("profile")

    def personal(self, dob="11031956", ssn="478724725"):
        self.screen("personal")
        self.type("dob-input", dob)
        self.type("ssn-input", ssn)
        self.type("monthlyIncome-input", "5000")
        self.choose("payFrequency-input", "Weekly")
        self.check("isLegalTermsChecked-checkBoxRadio")
        self.submit("personal")

    def banking(self, routing="063107513", account="9876543210"):
        self.type("routingNumber-input", routing)
        self.type("accountNumber-input", account)
        self.type("confirmAccountNumber-input", account)
        self.submit(self.screen("banking", "payment"))

    def application(self, address, **who):
        self.email(address)
        self.profile()
        self.personal(**who)
        self.screen("banking")
        self.banking()

    def sign(self, name="Jane Roe"):
        self.screen("review")
        self.submit("review")
        self.screen("agreement")
        self.check("isAgreementChecked-checkBoxRadio")
        self.type("signature-input", name)
        self.submit("agreement")

    def confirmed(self):
        """The modal has closed, and the shop has found the lease signed and finalized it."""
        self.leave()
        self.message("is confirmed")
