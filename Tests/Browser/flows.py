#!/usr/bin/env python3
"""What shoppers do with the Payment Plugin, in a real browser. usage: flows.py FLOW BASE-URL; flows.py --list"""
import glob, http.server, json, subprocess, sys, threading

from browser import *
from flow import run
from screens import screens

HERE = os.path.dirname(os.path.abspath(__file__))


def a_new_customer_is_approved_and_signs(driver, url):
    page = Page(driver, url)
    page.open()
    page.application("new@example.com")
    page.screen("approved")
    assert "You were approved for a spending limit of" in page.find("decision-headerDescription-lease").text
    assert page.find("decision-amount-lease").text == "$1,300.00"
    page.find("decision-action-button").click()
    page.screen("review")
    assert page.find("review-total").text == "$130.67"
    assert page.find("review-address").text == "901 Yamato Rd, 260, Boca Raton, FL, 33431"
    page.submit("review")
    page.screen("agreement")
    contract = driver.execute_script("return document.getElementById('agreement-contract').shadowRoot.textContent")
    assert "Jane Roe" in contract and "Macbook Pro 13" in contract
    page.check("isAgreementChecked-checkBoxRadio")
    page.type("signature-input", "Jane Roe")
    page.submit("agreement")
    page.confirmed()
    assert json.loads(driver.find_element(By.TAG_NAME, "body").get_attribute("data-decision"))["status"] == "approved"
    transactions = Merchant(url).call("GET", "/v3/transactions")["data"]["transactions"]
    assert [one["lease"]["status"] for one in transactions] == ["signed"]
    finalized = Merchant(url).call("POST", f"/v3/transactions/{transactions[0]['id']}/finalize")["data"]
    page.wait(lambda _: driver.find_element(By.TAG_NAME, "body").get_attribute("data-lease-number") == finalized["leaseNumber"])


def a_denied_customer_exits(driver, url):
    page = Page(driver, url)
    page.open()
    page.application("someone.deny@example.com")
    page.shows("You Still Have an Option")
    page.shows("Big Picture Loans")
    page.screen("denied")
    page.click("Continue")
    page.wait(lambda _: not driver.find_elements(By.ID, "referral-dialog"))
    assert "You did not qualify for a spending limit" in page.find("denied-denialDescription").text
    page.find("referral-exitBtn-lease").click()
    page.leave()
    page.open()
    page.screen("denied")
    assert not driver.find_elements(By.ID, "referral-dialog"), "the popup is shown once"


def a_manual_review_ends_in_an_approval(driver, url):
    page = Page(driver, url)
    page.open()
    page.application("someone.qamanual@example.com")
    page.screen("pending")
    Merchant(url).call("PUT", "/_sandbox/users/someone.qamanual@example.com/decision", {"status": "approved"})
    page.find("pending-check-button").click()
    page.screen("review")


def an_existing_customer_signs_in_with_a_password(driver, url):
    merchant = Merchant(url)
    merchant.apply(merchant.create("known@example.com", "correct horse")["token"])
    page = Page(driver, url)
    page.open()
    page.email("known@example.com")
    page.screen("password")
    page.shows("Looks like you already have an account with FlexShopper registered under this email address.")
    page.submit("password")
    page.error("password-input", "Required")
    page.type("password-input", "wrong horse")
    page.submit("password")
    page.error("password-input", "Invalid email or password: please check your details and try again")
    page.find("notYou-button").click()
    page.sign_in("known@example.com", "correct horse")
    page.sign("John Doe")
    page.confirmed()


def a_forgotten_password_is_changed_by_a_code(driver, url):
    merchant = Merchant(url)
    merchant.apply(merchant.create("lost@example.com", "correct horse")["token"])
    page = Page(driver, url)
    page.open()
    page.email("lost@example.com")
    page.screen("password")
    page.click("Forgot Password?")
    page.screen("forgotten")
    page.shows("Send email to: lost@example.com")
    page.shows("Send SMS text with code to: xxx-xxx-7773")
    page.submit("forgotten")
    page.shows("We sent you a code")
    page.shows("Enter verification code we sent to lost@example.com")
    page.type("code-input", "WRONG1")
    page.submit("code-dialog")
    page.shows("Invalid verification code")
    page.click("No code received?")
    page.screen("forgotten")
    page.find("transport-sms").click()
    page.submit("forgotten")
    page.shows("Enter verification code we sent to xxx-xxx-7773")
    page.type("code-input", merchant.passcode())
    page.submit("code-dialog")
    page.screen("change-password")
    page.type("password-input", "battery staple")
    page.submit("change-password")
    page.shows("Password changed successfully")
    page.click("Continue")
    page.screen("review")
    page.find("notYou-button").click()
    page.sign_in("lost@example.com", "battery staple")


def letter(merchant, kind):
    return next(one for one in merchant.call("GET", "/_sandbox/messages")["data"]["messages"] if one["kind"] == kind)["link"]


def a_letter_about_the_password_leads_to_a_new_one_once(driver, url):
    merchant = Merchant(url)
    created = merchant.call("POST", "/v3/users", {"firstName": "John", "lastName": "Doe", "email": "letter@example.com", "resetPassword": True})
    merchant.apply(created["data"]["token"])
    link = letter(merchant, "passwordReset")
    page = Page(driver, url)
    driver.get(link)
    page.screen("change-password")
    page.shows("letter@example.com")
    page.type("password-input", "battery staple")
    page.submit("change-password")
    page.shows("Password changed successfully")
    page.click("Continue")
    page.screen("welcome")
    driver.execute_script("sessionStorage.clear()")
    driver.get(link)
    page.screen("failed")
    page = Page(driver, url)
    page.open()
    page.sign_in("letter@example.com", "battery staple")


def a_letter_about_a_lease_leads_to_its_agreement_signed_in(driver, url):
    merchant = Merchant(url)
    token = merchant.create("reader@example.com")["token"]
    merchant.apply(token)
    order = {"transactionId": "BY-LETTER", "items": [{"brand": "Apple", "sku": "A", "description": "iPad", "cost": 400, "quantity": 1}]}
    assert "data" in merchant.call("POST", "/v3/leases?sendLink=true", order, token)
    link = letter(merchant, "lease")
    page = Page(driver, url)
    driver.get(link)
    page.screen("agreement")
    page.check("isAgreementChecked-checkBoxRadio")
    page.type("signature-input", "John Doe")
    page.submit("agreement")
    page.screen("signed")
    assert merchant.call("GET", "/v3/transactions/BY-LETTER")["data"]["lease"]["status"] == "signed"
    driver.get(link)
    page.screen("signed")


def an_auth_code_skips_the_login_once(driver, url):
    merchant = Merchant(url)
    created = merchant.create("waterfall@example.com")
    merchant.apply(created["token"])
    code = merchant.call("POST", f"/v3/users/{created['userId']}/auth-code")["code"]
    page = Page(driver, url, authCode=code)
    page.open()
    page.sign("John Doe")
    page.confirmed()
    driver.execute_script("sessionStorage.clear()")
    other = chromium()
    try:
        again = Page(other, url, authCode=code)
        again.open()
        again.screen("email")
    finally:
        other.quit()


def a_refused_bank_is_corrected(driver, url):
    page = Page(driver, url)
    page.open()
    page.email("bank@example.com")
    page.profile()
    page.personal()
    page.screen("banking")
    page.type("routingNumber-input", "084009519")
    page.error("routingNumber-input", "We do not accept this bank. Please try a different bank")
    page.banking("084009519")
    page.error("routingNumber-input", "We do not accept this bank. Please try a different bank")
    assert Merchant(url).call("GET", "/v3/user-exists?email=bank@example.com")["data"]["exists"] is False, "nothing is filed with a bank that is refused"
    page.type("routingNumber-input", "026009593")
    page.shows("Bank of America N.A.")
    page.banking("026009593")
    page.screen("approved")


def every_field_says_what_is_wrong(driver, url):
    page = Page(driver, url)
    page.open()
    page.screen("email")
    page.type("email-input", "someone@nowhere")
    page.submit("email")
    page.error("email-input", "Invalid email address")
    page.type("email-input", "someone")
    page.submit("email")
    page.wait(lambda _: driver.execute_script("return !document.getElementById('email-input').checkValidity()"))
    page.email("fields@example.com")
    page.screen("profile")
    for id, text, message in [
        ("firstName-input", "J@ne", "No special characters"), ("lastName-input", "R<e", "No special characters"),
        ("phone1-input", "123456789", "Must be 10 characters"),
    ]:
        page.type(id, text)
        page.submit("profile")
        page.error(id, message)
    # What is wrong among the fields that are hidden is shown.
    page.type("postalCode-input", "3343")
    page.submit("profile")
    page.error("postalCode-input", "Must be 5 characters")
    page.error("city-input", "Required")
    page.profile()
    page.screen("personal")
    for date in ("00000000", "13102000", "12322000"):
        page.type("dob-input", date)
        page.submit("personal")
        page.error("dob-input", "Invalid date")
    page.type("ssn-input", "12345678")
    page.submit("personal")
    page.error("ssn-input", "Must be 9 characters")
    page.error("isLegalTermsChecked-checkBoxRadio", "Required")
    page.find("payFrequency-input").click()
    options = [one.text for one in driver.find_elements(By.CSS_SELECTOR, "#payFrequency-input-list li")]
    page.find("payFrequency-input").click()
    assert options == ["Weekly", "Bi-Weekly", "Semi-Monthly", "Monthly"]
    page.personal()
    page.screen("banking")
    for number in ("222", "12345", "12345678"):
        page.type("routingNumber-input", number)
        page.submit("banking")
        page.error("routingNumber-input", "Must be 9 characters")
    page.type("accountNumber-input", "123")
    page.submit("banking")
    page.error("accountNumber-input", "4 characters or more")
    page.type("accountNumber-input", "9876543210")
    page.type("confirmAccountNumber-input", "9876543211")
    page.submit("banking")
    page.error("confirmAccountNumber-input", "Mismatched Account Number")
    page.banking()
    page.screen("approved")


def closing_midway_loses_nothing(driver, url):
    page = Page(driver, url)
    page.open()
    page.email("midway@example.com")
    page.profile(first="Mia")
    page.screen("personal")
    page.type("dob-input", "11031956")
    page.type("ssn-input", "478724725")
    page.find("headerPanel-close-button").click()
    page.leave()
    assert driver.switch_to.active_element.get_attribute("class") == "flexshopper-button", "the focus is back on the button"
    page.open()
    page.screen("personal")
    assert page.find("dob-input").get_attribute("value") == "11/03/1956"
    assert page.find("ssn-input").get_attribute("value") == "478724725"
    # A page that is loaded again knows everything but the secrets.
    page.visit()
    page.open()
    page.screen("email")
    assert page.find("email-input").get_attribute("value") == "midway@example.com"
    page.submit("email")
    page.screen("profile")
    assert page.find("firstName-input").get_attribute("value") == "Mia"
    assert page.find("postalCode-input").get_attribute("value") == "33431"
    page.submit("profile")
    page.screen("personal")
    assert page.find("dob-input").get_attribute("value") == "11/03/1956"
    assert page.find("ssn-input").get_attribute("value") == ""
    stored = driver.execute_script("return JSON.stringify(sessionStorage)")
    assert "478724725" not in stored


def a_first_payment_that_declines_asks_for_another_method(driver, url):
    page = Page(driver, url)
    page.open()
    page.application("someone.firstpayment@example.com")
    page.screen("approved")
    page.find("decision-action-button").click()
    page.sign()
    page.screen("payment")
    page.banking("026009593", "1357924680")
    page.confirmed()


def two_shops_in_two_tabs_never_meet(driver, url):
    one = Page(driver, url, key="shop-one")
    first = driver.current_window_handle
    one.open()
    one.application("same@example.com")
    one.screen("approved")
    driver.switch_to.new_window("tab")
    two = Page(driver, url, key="shop-two")
    two.open()
    two.email("same@example.com")
    two.screen("profile")
    assert Merchant(url, "shop-two").call("GET", "/v3/users")["data"]["meta"]["count"] == 0
    driver.switch_to.window(first)
    one.enter()
    one.screen("approved")
    one.find("decision-action-button").click()
    one.sign()
    one.confirmed()
    assert Merchant(url, "shop-two").call("GET", "/v3/transactions")["data"]["meta"]["count"] == 0
    assert Merchant(url, "shop-one").call("GET", "/v3/transactions")["data"]["meta"]["count"] == 1


def a_script_in_a_name_is_a_name(driver, url):
    merchant = Merchant(url)
    created = merchant.call("POST", "/v3/users", {
        "firstName": "<script>window.parent.parent.hacked=1</script>", "lastName": "<img src=x onerror=alert(1)>", "email": "evil@example.com",
        "password": "correct horse"})["data"]
    merchant.apply(created["token"])
    page = Page(driver, url, description="<img src=x onerror=alert(1)><b>Sofa</b>")
    page.open()
    page.sign_in("evil@example.com", "correct horse")
    page.submit("review")
    page.screen("agreement")
    shadow = "document.getElementById('agreement-contract').shadowRoot"
    assert "<script>window.parent" in driver.execute_script(f"return {shadow}.textContent")
    assert driver.execute_script(f"return {shadow}.querySelectorAll('script, img').length") == 0
    driver.switch_to.default_content()
    assert driver.execute_script("return window.hacked === undefined && document.querySelectorAll('img').length === 0")


def a_shop_is_told_what_is_wrong(driver, url):
    def said(sentence):
        return any(sentence in entry["message"] for entry in driver.get_log("browser"))
    page = Page(driver, url, cost="nonsense")
    page.press()
    page.message('"items[0].cost" must be a number')
    page.wait(lambda _: said("must be a number"))
    assert not driver.find_elements(By.ID, "flexshopper-modal"), "nothing opens for an order that is none"
    result = driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        let rejected;
        FlexSDK.Button({createOrder: (data, actions) => { const made = actions.transaction.create("no order"); made.catch((e) => done(e.message)); return made; }})
            .render("#flexshopper").click();""")
    assert result.startswith("actions.transaction.create takes an order")
    assert "no element #nowhere" in driver.execute_script("try { FlexSDK.Button({}).render('#nowhere'); } catch (error) { return error.message; }")


def a_wrong_auth_key_is_said(driver, url):
    page = Page(driver, url, key="unknown")
    page.press()
    page.message("the auth key is not known here")
    page.wait(lambda _: any("the auth key is not known here" in entry["message"] for entry in driver.get_log("browser")))


def the_documents_server_sample_stands_behind_the_page(driver, url):
    """The Payment Plugin page's own Node.js sample validates and finalizes what was signed (D.5)."""
    answers = []

    class Shop(http.server.BaseHTTPRequestHandler):
        def do_OPTIONS(self):
            self.respond(204, b"")

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sample = subprocess.run(
                ["node", os.path.join(HERE, "..", "Clients", "validate-order.js"), body["transactionId"]], capture_output=True, text=True,
                env={**os.environ, "MEDUSA_BASE_URL": url, "MEDUSA_API_KEY": KEY, "NODE_PATH": "/usr/share/nodejs"})
            assert sample.returncode == 0, sample.stderr
            answer = json.loads(sample.stdout)
            answers.append((body, answer))
            self.respond(answer["status"], sample.stdout.encode())

        def respond(self, status, text):
            self.send_response(status)
            for name, value in (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "content-type"), ("Content-Length", str(len(text)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = Page(driver, url, validateOrder=f"http://127.0.0.1:{server.server_port}/validate-order")
    page.open()
    page.application("sample@example.com")
    page.screen("approved")
    page.find("decision-action-button").click()
    page.sign()
    page.confirmed()
    (signed, answer), = answers
    assert answer["valid"] is True and len(signed["leaseNumber"]) == 7
    shipped = Merchant(url).call("POST", f"/v3/transactions/{signed['transactionId']}/confirm-shipment")
    assert shipped == {"data": {}}, "only what is finalized can be shipped"


SHOP = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Another shop</title><link rel="icon" href="data:,">
<script src="%s/sdk/js?authKey=%s"></script></head><body><div id="elementSelector"></div><p id="message"></p><script src="/shop.js"></script></body></html>"""
# The documents' own snippet (D.1, D.2), with the comma that it lacks.
SHOP_SCRIPT = """
FlexSDK.Button({
  createOrder: (data, actions) => actions.transaction.create({
    cost: 120.34,
    transactionId: "ABC-129384",
    items: [{
      description: "Macbook Pro 13", sku: "ABC123", cost: 120.34, brand: "Apple", condition: "new", quantity: 1,
      images: ["https://images.dog.ceo/breeds/husky/n02110185_11635.jpg"],
      shipping: { cost: 10.33, date: new Date(), method: "UPS" }
    }]
  }),
  onSign: (data) => { document.getElementById("message").textContent = JSON.stringify(data); }
}).render("#elementSelector");
"""


def a_shop_of_another_origin_changes_one_url(driver, url):
    """The documents' snippet on a page of another server, under a strict content security policy."""
    class Shop(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            isScript = self.path == "/shop.js"
            text = (SHOP_SCRIPT if isScript else SHOP % (url, KEY)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if isScript else "text/html")
            self.send_header("Content-Security-Policy", f"default-src 'none'; script-src 'self' {url}; connect-src {url}; frame-src {url}; img-src data:")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = Page(driver, url)
    driver.get(f"http://localhost:{server.server_port}/")
    page.open()
    page.application("elsewhere@example.com")
    page.screen("approved")
    page.find("decision-action-button").click()
    page.sign()
    page.leave()
    page.message('"transactionId":"ABC-129384"')
    transaction = Merchant(url).call("GET", "/v3/transactions/ABC-129384")["data"]
    assert transaction["shippingCost"] == 10.33 and transaction["purchaseTotal"] == 13067


def a_fault_is_shown_and_what_was_typed_stays(driver, url):
    page = Page(driver, url)
    merchant = Merchant(url)
    merchant.call("POST", "/_sandbox/faults", {"operations": ["applyForSpendingLimit", "createLease"], "times": 2, "status": 502})
    page.open()
    page.application("fault@example.com")
    page.shows("Gateway returned status code")
    page.screen("banking")
    page.submit("banking")
    page.shows("Gateway returned status code")
    page.submit("banking")
    page.screen("approved")
    page.find("decision-action-button").click()
    page.sign()
    page.confirmed()


def a_forged_message_is_not_believed(driver, url):
    page = Page(driver, url)
    page.open()
    page.screen("email")
    driver.switch_to.default_content()
    # Messages arrive in order: behind the forged one comes one that this test waits for.
    driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        window.addEventListener("message", (event) => { if (event.data === "behind") done(); });
        window.postMessage({ from: "flexshopper", type: "signed", data: { leaseNumber: "1", transactionId: "X" } }, "*");
        window.postMessage("behind", "*");""")
    assert driver.find_element(By.ID, "flexshopper-modal").is_displayed()
    assert driver.find_element(By.TAG_NAME, "body").get_attribute("data-lease-number") is None


def an_expired_session_is_said(driver, url):
    page = Page(driver, url)
    merchant = Merchant(url)
    merchant.apply(merchant.create("late@example.com", "correct horse")["token"])
    page.open()
    page.sign_in("late@example.com", "correct horse")
    merchant.call("POST", "/_sandbox/clock/advance", {"by": "PT2H"})
    page.submit("review")
    page.screen("email")
    page.shows("Your session has expired. Please sign in again.")
    page.submit("email")
    page.screen("password")
    page.type("password-input", "correct horse")
    page.submit("password")
    page.sign("John Doe")
    page.confirmed()


def every_screen_is_accessible(driver, url):
    look_at_every_screen(driver, url)


def every_screen_is_right_on_a_phone(driver, url):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})
    look_at_every_screen(driver, url)


def look_at_every_screen(driver, url):
    """By axe-core: no serious violation on any screen, the shop's page included; and nothing is wider than the screen."""
    axe, = glob.glob(os.path.join(sys.prefix, "lib", "python*", "site-packages", "axe_core_python", "axe.min.js"))
    with open(axe) as file:
        source = file.read()
    found, seen = [], []
    for name in screens(driver, url):
        seen.append(name)
        wide = driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide"
        driver.execute_script(source)
        result = driver.execute_async_script(
            "axe.run(document, {resultTypes: ['violations'], iframes: false}).then(arguments[arguments.length - 1])")
        for one in result["violations"]:
            if one["impact"] in ("serious", "critical"):
                found.append((name, one["id"], one["nodes"][0]["html"][:150], one["nodes"][0].get("failureSummary")))
    assert len(seen) >= 17, seen
    assert not found, json.dumps(found, indent=1)


def a_blocked_script_is_said(driver, url):
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/sdk/js*"]})
    driver.get(url + "/demo")
    WebDriverWait(driver, 60).until(lambda _: "blocked or not reachable" in driver.find_element(By.ID, "message").text)


def header_and_footer_answer(driver, url):
    page = Page(driver, url)
    page.open()
    page.screen("email")
    for id, title in (("headerPanel-faq-button", "Questions"), ("footer-accessibility-button", "Accessibility"), ("footer-terms-button", "Terms"),
                      ("footer-privacy-button", "Privacy")):
        page.find(id).click()
        page.wait(lambda _: driver.find_element(By.CSS_SELECTOR, "dialog h2").text == title)
        page.click("Close")
        page.wait(lambda _: not driver.find_elements(By.TAG_NAME, "dialog"))
    assert "© 2023 FlexShopper, LLC" in page.text() and "U.S. Pat. Nos. 10,089,682 & 10,282,779" in page.text()


def the_keyboard_is_enough(driver, url):
    from selenium.webdriver.common.keys import Keys
    page = Page(driver, url)
    driver.find_element(By.CSS_SELECTOR, ".flexshopper-button").send_keys(Keys.ENTER)
    page.enter()
    page.screen("email")
    press = lambda *keys: driver.switch_to.active_element.send_keys(*keys)
    assert driver.switch_to.active_element.get_attribute("class") == "title", "a new screen is announced by its heading"
    press(Keys.TAB)
    assert driver.switch_to.active_element.get_attribute("id") == "email-input"
    press("keys@example.com", Keys.ENTER)
    page.screen("profile")
    press(Keys.ESCAPE)
    page.leave()
    assert driver.switch_to.active_element.get_attribute("class") == "flexshopper-button"


if __name__ == "__main__":
    run(globals())
