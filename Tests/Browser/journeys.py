#!/usr/bin/env python3
"""What goes wrong between the modal and the server, and what becomes of the shopper. usage: journeys.py FLOW BASE-URL; journeys.py --list"""
import random, threading, time

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import *
from flow import run


def told(driver):
    driver.switch_to.default_content()
    return driver.execute_script("return window.seen")


def to_agreement(page, name="John Doe"):
    page.screen("review")
    page.submit("review")
    page.screen("agreement")
    page.check("isAgreementChecked-checkBoxRadio")
    page.type("signature-input", name)


def existing(url, email="known@example.com"):
    merchant = Merchant(url)
    merchant.apply(merchant.create(email, "correct horse")["token"])
    return merchant


# What an order that is left behind takes from the limit.

def an_abandoned_lease_gives_way_to_the_next_order(driver, url):
    merchant, shops = existing(url), Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    page.open()
    page.sign_in("known@example.com", "correct horse")
    ways = {"closed at the agreement": lambda: page.find("headerPanel-close-button").click(), "closed by Escape": lambda: ActionChains(driver).send_keys(Keys.ESCAPE).perform(),
            "the page is loaded again": lambda: (driver.switch_to.default_content(), driver.refresh(), page.ready())}
    for name, leave in ways.items():
        assert page.find("review-limit").text == "$1,300.00", name
        to_agreement(page)
        leave()
        page.wait(lambda _: driver.switch_to.default_content() or not driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]"))
        page.open()
        page.screen("review")
    assert page.find("review-limit").text == "$1,300.00"
    page.sign("John Doe")
    page.leave()
    page.wait(lambda _: len(told(driver)["signed"]) == 1)
    leases = merchant.call("GET", "/v3/transactions")["data"]["transactions"]
    assert sorted(one["lease"]["status"] for one in leases) == ["pending"] * len(ways) + ["signed"]


def a_shopper_who_is_another_leaves_no_lease_behind(driver, url):
    merchant, shops = existing(url), Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    page.open()
    page.sign_in("known@example.com", "correct horse")
    to_agreement(page)
    page.click("Back")
    page.screen("review")
    page.find("notYou-button").click()
    page.sign_in("known@example.com", "correct horse")
    assert page.find("review-limit").text == "$1,300.00"


def only_the_modals_own_lease_gives_way(driver, url):
    """One that the shop has made itself stays, and one that is signed."""
    merchant, shops = Merchant(url), Shops()
    created = merchant.create("other@example.com", "correct horse")
    merchant.apply(created["token"])
    item = {"sku": "A", "brand": "B", "description": "D", "cost": 300, "quantity": 1}
    merchant.call("POST", "/v3/leases", {"transactionId": "shops-own", "items": [item]}, created["token"])
    page = Page(driver, url, address=shops.add(shop(url)))
    page.open()
    page.sign_in("other@example.com", "correct horse")
    assert page.find("review-limit").text == "$1,000.00"
    page.sign("John Doe")
    page.leave()
    page.wait(lambda _: len(told(driver)["signed"]) == 1)
    page.open()
    page.screen("review")
    assert page.find("review-limit").text == "$869.33"


def the_same_order_is_found_where_it_was_left(driver, url):
    """A shop that has one id for an order, and opens the modal for it again."""
    existing(url)
    call = SHOP_CALL.replace('"T-" + Date.now() + "-" + seen.orders.length', '"ORDER-1"') + 'sell("#pay");'
    page = Page(driver, url, address=Shops().add(shop(url, call=call)))
    page.open()
    page.sign_in("known@example.com", "correct horse")
    to_agreement(page)
    page.find("headerPanel-close-button").click()
    page.leave()
    # The shop's script has said that the id was used before, or the modal goes on: it must be signed once.
    page.open()
    page.screen("agreement")
    page.submit("agreement")
    page.leave()
    page.wait(lambda _: len(told(driver)["signed"]) == 1)
    page.press()
    page.wait(lambda _: told(driver)["failed"])
    assert len(told(driver)["signed"]) == 1


# Answers that are lost after what was asked for has been carried out.

CALLS = ["/pp3/api/v3/user-exists", "/pp3/api/v3/users", "/pp3/api/v3/users/me/apply", "/pp3/api/v3/users/me", "/pp3/api/address", "/pp3/api/v3/leases", "sign",
         "/pp3/api/v3/paymentMethods/add", "/pp3/api/v3/routing-numbers/063107513"]


def press_until(page, button, screens):
    """Presses what the screen offers until the next one is there."""
    shown = lambda: page.driver.find_element(By.CSS_SELECTOR, "main").get_attribute("data-screen")

    def attempt(driver):
        if shown() in screens:
            return shown()
        try:
            found = driver.find_elements(By.XPATH, "//main//button[normalize-space()='Try again']") or driver.find_elements(By.ID, button)
            # What was asked for is waited for: the button rests meanwhile.
            if found and found[0].get_attribute("aria-disabled") != "true" and shown() not in screens:
                found[0].click()
        except REPLACED:
            pass
        return None
    try:
        return page.wait(attempt, 120)
    except TimeoutException as error:
        raise AssertionError((shown(), screens, page.text())) from error


def buys(driver, page, email, merchant):
    """The whole way of a new customer, pressing again whatever has failed."""
    page.open()
    page.screen("email")
    page.type("email-input", email)
    press_until(page, "formSubmitButton", ["profile"])
    page.profile()
    page.personal()
    page.screen("banking")
    for id, text in (("routingNumber-input", "063107513"), ("accountNumber-input", "9876543210"), ("confirmAccountNumber-input", "9876543210")):
        page.type(id, text)
    press_until(page, "formSubmitButton", ["approved"])
    press_until(page, "decision-action-button", ["review"])
    press_until(page, "formSubmitButton", ["agreement"])
    page.check("isAgreementChecked-checkBoxRadio")
    page.type("signature-input", "Jane Roe")

    def signs(_):
        driver.switch_to.default_content()
        if driver.execute_script("return seen.signed.length"):
            return True
        # It closes at any moment.
        if page.goes_in():
            try:
                for button in driver.find_elements(By.CSS_SELECTOR, "#formSubmitButton:not([aria-disabled])"):
                    button.click()
            except REPLACED:
                pass
        return False
    page.wait(signs, 120)
    page.leave()
    seen = told(driver)
    assert len(seen["signed"]) == 1 and len(seen["decisions"]) == 1, seen
    users = [one for one in merchant.call("GET", "/v3/users?limit=100")["data"]["users"] if one["email"] == email]
    assert len(users) == 1
    signed = [one for one in merchant.call("GET", "/v3/transactions?limit=100")["data"]["transactions"] if one["lease"]["status"] == "signed"]
    assert len(signed) >= 1


def a_lost_answer_is_no_dead_end(driver, url):
    """Each of the modal's calls, alone and then several at random: lost before it arrives, after it was carried out, or half way back."""
    merchant, proxy, shops = Merchant(url), Proxy(url), Shops()
    merchant.settings(decidingTime="PT0S")
    address = shops.add(shop(proxy.origin))
    chance = random.Random(89)
    lives = [{call: fate} for call in CALLS for fate in ("after",)]
    lives += [{call: chance.choice(["before", "after", "half"]) for call in chance.sample(CALLS, chance.randint(2, 6))} for _ in range(4)]
    for number, fates in enumerate(lives):
        left = dict(fates)

        def lost(method, path):
            for call in list(left):
                if method != "OPTIONS" and (path == call or call == "sign" and path.endswith("/sign")):
                    return left.pop(call)
            return None
        proxy.lost = lost
        driver.switch_to.default_content()
        page = Page(driver, url, address=address)
        driver.switch_to.default_content()
        page.open()
        driver.execute_script("sessionStorage.clear()")
        page.visit()
        try:
            buys(driver, page, f"lost{number}@example.com", merchant)
        except Exception as error:
            raise AssertionError((number, fates, left)) from error


def a_gateway_that_fails_after_the_fact_is_no_dead_end(driver, url):
    """The sandbox's own faults: carried out, and the answer lost, or a 502 in its place."""
    merchant, shops = Merchant(url), Shops()
    merchant.settings(decidingTime="PT0S")
    address = shops.add(shop(url))
    faults = [{"operations": ["applyForSpendingLimit"], "connection": "closeBefore"}, {"operations": ["createUser"], "connection": "closeBefore"}, {"operations": ["createLease"], "connection": "closeBefore"},
              {"operations": ["signLease"], "connection": "closeBefore"}, {"operations": ["applyForSpendingLimit", "createUser", "createLease", "signLease"], "status": 502, "times": 4},
              {"operations": ["applyForSpendingLimit", "createLease", "signLease"], "content": "truncated", "times": 3}]
    for number, fault in enumerate(faults):
        page = Page(driver, url, address=address)
        page.open()
        driver.execute_script("sessionStorage.clear()")
        page.visit()
        answer = merchant.call("POST", "/_sandbox/faults", {"times": 1, **fault, "carriedOut": True})
        assert "status" not in answer, answer
        try:
            buys(driver, page, f"fault{number}@example.com", merchant)
        except Exception as error:
            raise AssertionError((number, fault)) from error
        merchant.call("DELETE", "/_sandbox/faults")


def an_application_whose_answer_was_lost_is_decided_when_the_modal_is_opened_again(driver, url):
    merchant, shops = Merchant(url), Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    for number, again in enumerate((lambda: None, lambda: (driver.refresh(), page.ready()))):
        merchant.call("POST", "/_sandbox/faults", {"operations": ["applyForSpendingLimit"], "times": 99, "connection": "closeBefore", "carriedOut": True})
        page.open()
        page.application(f"again{number}@example.com")
        page.shows("The service does not answer. Please try again.")
        page.find("headerPanel-close-button").click()
        page.leave()
        merchant.call("DELETE", "/_sandbox/faults")
        again()
        page.open()
        page.screen("approved")
        page.wait(lambda _: len(told(driver)["decisions"]) == 1)
        page.enter()
        page.find("decision-action-button").click()
        page.screen("review")
        page.find("notYou-button").click()
        page.screen("email")
        driver.switch_to.default_content()
        page.visit()


# What happens at the server while a screen is shown.

def a_lease_that_ends_while_it_is_read_is_said_in_plain_words(driver, url):
    merchant, shops = existing(url), Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    signed = 0

    def pending():
        return next(one for one in merchant.call("GET", "/v3/transactions")["data"]["transactions"] if one["lease"]["status"] == "pending")["id"]
    ends = {
        "it expires": lambda: merchant.call("POST", f"/_sandbox/leases/{pending()}/expire"),
        "time passes": lambda: merchant.call("POST", "/_sandbox/clock/advance", {"by": "P2D"}),
        "the shop cancels it": lambda: merchant.call("POST", f"/v3/transactions/{pending()}/cancel", {"items": [{"sku": "S1"}]}),
    }
    for name, end in ends.items():
        page.visit()
        page.open()
        if page.screen("email", "review") == "email":
            page.sign_in("known@example.com", "correct horse")
        to_agreement(page)
        end()
        for press in range(3):
            page.submit("agreement")
            if name == "time passes":
                # The customer's token has expired as well.
                page.screen("email")
                break
            page.shows("The agreement has expired. Go back to the store, and begin again.")
            assert "Cannot read" not in page.text() and "null" not in page.text(), name
        page.find("headerPanel-close-button").click()
        page.leave()
        page.open()
        if name == "time passes":
            page.submit("email")
            page.screen("password")
            page.type("password-input", "correct horse")
            page.submit("password")
        page.sign("John Doe")
        page.leave()
        signed += 1
        assert page.wait(lambda _: len(told(driver)["signed"]) == 1), name
    assert sum(one["lease"]["status"] == "signed" for one in merchant.call("GET", "/v3/transactions")["data"]["transactions"]) == signed


def a_decision_that_changes_while_a_screen_is_shown_is_said(driver, url):
    merchant, shops = existing(url), Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    for status in ("failed", "pending"):
        merchant.call("PUT", "/_sandbox/users/known@example.com/decision", {"status": "approved"})
        page.visit()
        page.open()
        if page.screen("email", "review") == "email":
            page.sign_in("known@example.com", "correct horse")
        page.screen("review")
        merchant.call("PUT", "/_sandbox/users/known@example.com/decision", {"status": status})
        for _ in range(2):
            page.submit("review")
            page.wait(lambda _: driver.find_elements(By.XPATH, "//main//*[@role='alert'][normalize-space()!='']"))
        assert "Cannot" not in page.text() and "undefined" not in page.text()
        page.find("headerPanel-close-button").click()
        page.leave()
        page.open()
        page.screen("denied" if status == "failed" else "pending")
        page.find("headerPanel-close-button").click()
        page.leave()


# The second press.

def a_deciding_state_stands_for_a_moment(driver, url):
    merchant, proxy = Merchant(url), Proxy(url)
    merchant.settings(decidingTime="PT4S")
    page = Page(driver, url, address=Shops().add(shop(proxy.origin)))
    page.open()
    page.email("moment@example.com")
    page.profile()
    page.personal()
    page.screen("banking")
    # However slow the machine is, the answer comes after the presses.
    proxy.wait["/pp3/api/v3/users/me/apply"] = threading.Event()
    start = time.monotonic()
    page.banking()
    page.shows("We are looking at your application …")
    for _ in range(3):
        page.submit("banking")
    proxy.wait["/pp3/api/v3/users/me/apply"].set()
    page.screen("approved")
    assert time.monotonic() - start > 2
    users = merchant.call("GET", "/v3/users")["data"]["users"]
    assert [one["email"] for one in users] == ["moment@example.com"]
    requests = merchant.call("GET", "/_sandbox/requests?limit=100")
    assert json.dumps(requests).count('"applyForSpendingLimit"') == 1


def every_button_may_be_pressed_twice(driver, url):
    """Twice by a script at once, and twice as a person does; with Enter and a click together."""
    merchant, shops = Merchant(url), Shops()
    address = shops.add(shop(url))

    def by_script(button):
        driver.execute_script("const one = arguments[0]; one.click(); one.click(); one.click();", button)

    def by_hand(button):
        ActionChains(driver, duration=0).move_to_element(button).click().click().click().perform()

    def by_enter(button):
        driver.execute_script("arguments[0].focus()", button)
        driver.switch_to.active_element.send_keys(Keys.ENTER, Keys.ENTER)

    for number, press in enumerate((by_script, by_hand, by_enter)):
        page = Page(driver, url, address=address)
        page.open()
        driver.execute_script("sessionStorage.clear()")
        page.visit()
        page.open()
        page.submit = lambda screen: page.main_button(screen).act(press)
        page.application(f"twice{number}.firstpayment@example.com")
        page.screen("approved")
        page.find("decision-action-button").act(press)
        # The second Enter may have gone on already.
        while page.screen("review", "agreement") == "review":
            for button in driver.find_elements(By.CSS_SELECTOR, "main[data-screen=review] #formSubmitButton:not([aria-disabled])"):
                try:
                    press(button)
                except REPLACED:
                    pass
        page.check("isAgreementChecked-checkBoxRadio")
        page.type("signature-input", "Jane Roe")
        page.submit("agreement")
        page.screen("payment")
        page.banking("026009593", "1357924680")
        page.leave()
        page.wait(lambda _: len(told(driver)["signed"]) == 1)
        assert len(told(driver)["decisions"]) == 1, number
    transactions = merchant.call("GET", "/v3/transactions")["data"]["transactions"]
    assert [one["lease"]["status"] for one in transactions] == ["signed"] * 3
    for user in merchant.call("GET", "/v3/users")["data"]["users"]:
        token = merchant.call("GET", f"/v3/users/{user['userId']}/authorize")["data"]["token"]
        assert len(merchant.call("GET", "/v3/customers/me/payment-methods", token=token)) == 2, "each press added one method"


def a_strict_sandbox_finds_nothing_odd_about_the_modal(driver, url):
    """Also where the shop writes what the documents do not name."""
    merchant, shops = Merchant(url), Shops()
    merchant.settings(strictness="strict")
    odd = SHOP_CALL.replace('method: "ground"', 'method: "FedEx Express", carrier: "x"').replace("quantity: 1", 'quantity: 1, condition: "Brand New", color: "red", gtin: 12345, images: ["https://example.com/a.png"]')
    for number, call in enumerate((SHOP_CALL, odd)):
        page = Page(driver, url, address=shops.add(shop(url, call=call + 'sell("#pay");')))
        page.open()
        driver.execute_script("sessionStorage.clear()")
        page.visit()
        page.open()
        page.application(f"strict{number}.firstpayment@example.com")
        page.screen("approved")
        page.find("decision-action-button").click()
        page.sign()
        page.screen("payment")
        page.banking("026009593", "1357924680")
        page.leave()
        page.wait(lambda _: len(told(driver)["signed"]) == 1)
        # Back again, by a code.
        page.open()
        page.screen("review")
        page.find("notYou-button").click()
        page.screen("email")
        page.email(f"strict{number}.firstpayment@example.com")
        page.screen("password")
        page.click("Forgot Password?")
        page.screen("forgotten")
        page.submit("forgotten")
        page.shows("We sent you a code")
        page.type("code-input", merchant.passcode())
        page.submit("code-dialog")
        page.screen("change-password")
        page.type("password-input", "seven77")
        page.submit("change-password")
        page.shows("Password changed successfully")
        page.click("Continue")
        page.screen("review")
        page.find("headerPanel-close-button").click()
        page.leave()
    requests = merchant.call("GET", "/_sandbox/requests?limit=1000")["data"]["requests"]
    odd = [(one["target"], one["status"], one.get("warnings")) for one in requests if one.get("warnings") or one["status"] >= 400 and "sign" not in one["target"]]
    assert not odd, odd


def what_the_shopper_types_is_judged_as_the_service_judges_it(driver, url):
    """E-mail addresses: none that the service refuses gets past the screen."""
    page = Page(driver, url)
    page.open()
    page.screen("email")
    judge = """
        const done = arguments[arguments.length - 1];
        import("/pp3/account.js").then((account) => done(arguments[0].map((one) => account.isEmail(one))));"""
    chance = random.Random(85)
    pieces = ["a", "B9", ".", "..", "-", "_", "+x", "@", "flexshopper", ".com", ".c", ".co.uk", "'", "é", " ", ",", "\"", "x" * 64, "(", "1", "xn--p1ai"]
    addresses = ["Abcde@flexshopper.c", "a..b@example.com", ".a@example.com", "a.@example.com", "a@b", "a@b.co", "a+b@example.com", "o'neil@example.com", "a@-b.com", "a@b-.com", "a@b..com", "a b@example.com",
                 "a@example.com.", "x" * 65 + "@example.com", "x" * 64 + "@example.com", "a@" + "b" * 64 + ".com", "a@b.c1", "a@1.com", "a@@b.com", "@b.com", "a@example.123"]
    addresses += ["".join(chance.choice(pieces) for _ in range(chance.randint(1, 4))) + "@" + "".join(chance.choice(pieces) for _ in range(chance.randint(1, 4))) for _ in range(300)]
    judged = driver.execute_async_script(judge, addresses)
    for address, isRight in zip(addresses, judged):
        answer = Merchant(url).call("GET", "/v3/user-exists?email=" + urllib.parse.quote(address))
        if isRight:
            assert answer.get("status") != 400, f"the screen takes {address!r}, the service says {answer}"
    assert judged[:6] == [False, False, False, False, False, True]


if __name__ == "__main__":
    run(globals())
