#!/usr/bin/env python3
"""Every screen of the modal, one after the other. usage: screens.py --serve BINARY FOLDER: a picture of each, on a desktop and on a phone"""
import os, subprocess, sys

from browser import *


def screens(driver, url):
    """Goes through the screens, and stops at each with its name; the driver is inside the modal, but for `shop`."""
    merchant = Merchant(url)
    merchant.apply(merchant.create("known@example.com", "correct horse")["token"])
    page = Page(driver, url)
    driver.switch_to.default_content()
    yield "shop"
    page.open()
    page.screen("email")
    yield "email"
    page.email("known@example.com")
    page.screen("password")
    yield "password"
    page.click("Forgot Password?")
    page.screen("forgotten")
    yield "forgotten"
    page.submit("forgotten")
    page.shows("We sent you a code")
    yield "code"
    page.type("code-input", merchant.passcode())
    page.submit("code-dialog")
    page.screen("change-password")
    yield "change-password"
    page.type("password-input", "battery staple")
    page.submit("change-password")
    page.shows("Password changed successfully")
    yield "password-changed"
    page.click("Continue")
    page.screen("review")
    yield "review"
    page.find("notYou-button").click()

    page.email("new.firstpayment@example.com")
    page.screen("profile")
    page.submit("profile")
    page.error("firstName-input", "No special characters")
    yield "profile"
    page.profile()
    page.screen("personal")
    yield "personal"
    page.personal()
    page.screen("banking")
    page.type("routingNumber-input", "026009593")
    page.shows("Bank of America N.A.")
    yield "banking"
    page.banking()
    page.screen("approved")
    yield "approved"
    page.find("decision-action-button").click()
    page.screen("review")
    page.submit("review")
    page.screen("agreement")
    yield "agreement"
    page.check("isAgreementChecked-checkBoxRadio")
    page.type("signature-input", "Jane Roe")
    page.submit("agreement")
    page.screen("payment")
    yield "payment"

    for email, screen in (("someone.deny@example.com", "denied"), ("someone.qamanual@example.com", "pending")):
        # Another shopper, at the same machine.
        driver.execute_script("sessionStorage.clear()")
        page.visit()
        page.open()
        page.application(email)
        page.screen(screen)
        if screen == "denied":
            page.shows("Big Picture Loans")
            yield "referral"
            page.click("Continue")
        yield screen


if __name__ == "__main__":
    binary, folder = sys.argv[2:4]
    server = subprocess.Popen([binary, "serve", "--port", "0", "--ephemeral", "--quiet"], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().split()[-1]
    for device, width, height in (("desktop", 1000, 860), ("phone", 390, 844)):
        driver = chromium(width, height)
        try:
            # A window is not made narrower than 500; a phone's screen is.
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": device == "phone"})
            Merchant(url).call("POST", "/_sandbox/reset")
            for name in screens(driver, url):
                frames = driver.execute_script("return window.self !== window.top")
                driver.save_screenshot(os.path.join(folder, f"{name}-{device}.png"))
                assert frames == (name != "shop")
        finally:
            driver.quit()
    server.terminate()
