#!/usr/bin/env python3
"""What shops do to their pages, and what becomes of the modal there. usage: shops.py FLOW BASE-URL; shops.py --list"""
import pathlib, random, tempfile, threading

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import *
from flow import run

# What the shopper would see of a page that is dead: what stands at the middle of the button, and what cannot be used.
STATE = """
const button = document.querySelector(".flexshopper-button"), box = button.getBoundingClientRect();
const modals = document.querySelectorAll("#flexshopper-modal");
return {
  at: document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === button,
  inert: document.querySelectorAll("[inert], [aria-hidden=true]:not(.flexshopper-button *)").length,
  modals: modals.length,
  open: Array.from(modals).filter((one) => one.open).length,
  text: Array.from(document.body.children).filter((one) => one.id !== "flexshopper-modal").map((one) => one.outerHTML).join("")
};"""

# Where the modal's frame is, and whether it is what is seen there.
FRAME = """
const frame = document.querySelector("#flexshopper-modal iframe"), box = frame.getBoundingClientRect();
const seen = [[box.x + 5, box.y + 5], [box.x + box.width / 2, box.y + box.height / 2], [box.right - 5, box.bottom - 5]].map(([x, y]) => document.elementFromPoint(x, y) === frame);
return { width: box.width, height: box.height, isInView: box.x >= 0 && box.y >= 0 && box.right <= innerWidth && box.bottom <= innerHeight, seen };"""


def state(driver):
    driver.switch_to.default_content()
    return driver.execute_script(STATE)


def click(driver, times=1):
    """As a person clicks, several times in a row."""
    button = driver.find_element(By.CSS_SELECTOR, ".flexshopper-button")
    actions = ActionChains(driver, duration=0).move_to_element(button)
    for _ in range(times):
        actions.click()
    actions.perform()


def close(page):
    """By its own button."""
    page.enter()
    page.find("headerPanel-close-button").click()
    page.leave()


def is_usable(driver, page, word=None):
    """The modal is there, once, in view, and takes what is typed."""
    page.enter()
    driver.switch_to.default_content()
    frame = driver.execute_script(FRAME)
    assert frame["isInView"] and all(frame["seen"]) and frame["width"] >= 300 and frame["height"] >= 500, (word, frame)
    assert state(driver)["open"] == 1, word
    page.enter()
    page.screen("email")
    page.type("email-input", "shopper@example.com")
    assert page.find("email-input").get_attribute("value") == "shopper@example.com", word


def one_modal_opens_however_often_the_button_is_pressed(driver, url):
    shops = Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    before = state(driver)
    ways = {
        "twice": lambda: click(driver, 2), "three times": lambda: click(driver, 3), "nine times": lambda: click(driver, 9),
        "by a script, twice at once": lambda: driver.execute_script("const b = document.querySelector('.flexshopper-button'); b.click(); b.click();"),
        "by Enter and a click": lambda: ActionChains(driver, duration=0).click(driver.find_element(By.CSS_SELECTOR, ".flexshopper-button")).send_keys(Keys.ENTER, Keys.SPACE).perform(),
        "once more when it is open": lambda: driver.execute_async_script("""
            const done = arguments[0], b = document.querySelector(".flexshopper-button");
            b.click();
            const wait = setInterval(() => { if (document.querySelector("#flexshopper-modal[open]")) { clearInterval(wait); b.click(); setTimeout(done); } }, 10);"""),
    }
    for name, press in ways.items():
        press()
        page.enter()
        assert state(driver)["modals"] == 1, name
        close(page)
        after = state(driver)
        assert (after["at"], after["inert"], after["open"], after["text"]) == (True, 0, 0, before["text"]), (name, after)
    assert driver.execute_script("return seen.failed") == []
    assert driver.execute_script("return seen.orders.length") == len(ways), "each press of several asked for one order"


def the_modal_opens_in_a_body_that_was_replaced(driver, url):
    shops = Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    body = "const body = document.createElement('body'); body.innerHTML = '<h1>Next page</h1><div id=\"pay\"></div>';"
    replacements = {
        "before it is opened": [body + "document.body.replaceWith(body); sell('#pay');"],
        "after it was closed": [None, body + "document.body.replaceWith(body); sell('#pay');"],
        "as htmx does": [None, "document.body.innerHTML = '<div id=\"pay\"></div>'; sell('#pay');"],
        "the root's children": [None, "document.documentElement.innerHTML = '<head></head><body><div id=\"pay\"></div></body>'; sell('#pay');"],
        "by a copy of itself, out of a cache": [None, "document.body.replaceWith(document.body.cloneNode(true));"],
        "by what was there before it was opened": ["window.cached = document.body.innerHTML;", None, "document.body.innerHTML = window.cached;"],
    }
    for name, steps in replacements.items():
        page.visit()
        for step in steps:
            if step is None:
                page.open()
                close(page)
            else:
                driver.execute_script(step)
        # A copy may hold a copy of the modal.
        page.open()
        is_usable(driver, page, name)
        close(page)
        after = state(driver)
        assert after["at"] and after["inert"] == 0 and after["open"] == 0, (name, after)


def the_modal_stays_open_when_the_body_is_replaced_under_it(driver, url):
    shops = Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    for name, step in {
        "a new body": "const body = document.createElement('body'); body.innerHTML = '<div id=\"pay\"></div>'; document.body.replaceWith(body); sell('#pay');",
        "a new text": "document.body.innerHTML = '<div id=\"pay\"></div>'; sell('#pay');",
        "while it loads": "const body = document.createElement('body'); body.innerHTML = '<div id=\"pay\"></div>'; document.body.replaceWith(body); sell('#pay');",
    }.items():
        page.visit()
        if name == "while it loads":
            driver.execute_async_script("""
                const done = arguments[0], watch = new MutationObserver(() => { if (document.querySelector("#flexshopper-modal")) { watch.disconnect(); setTimeout(done); } });
                watch.observe(document.body, { childList: true });
                document.querySelector(".flexshopper-button").click();""")
        else:
            page.open()
        driver.switch_to.default_content()
        driver.execute_script(step)
        is_usable(driver, page, name)
        close(page)
        assert state(driver)["at"], name
        assert driver.execute_script("return seen.failed") == [], name
    # A shopper who went to another page of the shop's has left the modal behind.
    page.visit()
    page.open()
    driver.switch_to.default_content()
    driver.execute_script("history.pushState({}, '', '/elsewhere'); document.body.innerHTML = '<div id=\"pay\"></div>'; sell('#pay');")
    page.wait(lambda _: not driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]"))
    assert state(driver)["at"]


def a_reload_and_the_way_back_leave_a_page_that_works(driver, url):
    shops = Shops()
    address = shops.add(shop(url))
    page = Page(driver, url, address=address)
    for name, go in {
        "reloaded while open": lambda: driver.refresh(), "elsewhere and back": lambda: (driver.get(shops.add("<p>Another page</p>", "/other")), driver.back()),
        "back and forward": lambda: (driver.get(shops.add("<p>Another page</p>", "/third")), driver.back(), driver.forward(), driver.back()),
    }.items():
        page.open()
        driver.switch_to.default_content()
        go()
        page.ready()
        if state(driver)["open"]:
            close(page)
        page.open()
        is_usable(driver, page, name)
        close(page)
        assert state(driver)["at"], name


DECLARATIONS = [
    "overflow: hidden", "transform: scale(1)", "transform: translateX(-40px) rotate(1deg)", "filter: grayscale(1)", "contain: strict", "contain: paint", "perspective: 300px",
    "will-change: transform", "position: fixed", "position: relative; left: -2000px", "width: 0; height: 0", "height: 100%; overflow: auto", "zoom: 0.5", "opacity: 0.1",
    "visibility: hidden", "pointer-events: none", "clip-path: circle(10px)", "display: grid", "writing-mode: vertical-rl", "direction: rtl", "font-size: 0", "mix-blend-mode: difference",
    "backdrop-filter: blur(2px)", "isolation: isolate; z-index: 5", "margin: 300px", "content-visibility: auto", "animation: none; transition: all 9s", "scale: 0.5", "columns: 3", "container-type: size",
    "user-select: none; touch-action: none", "line-height: 0; letter-spacing: 20px", "background: #000; color: #000", "mask: linear-gradient(transparent, transparent)",
]
RULES = [
    "* { z-index: 2147483647 !important; position: relative !important }", "* { display: block !important }", "div, dialog, iframe { display: none !important }", "body > * { display: none !important }",
    "body > *:not(p):not(#pay) { transform: translateY(5000px) !important; opacity: 0 !important }", "iframe { width: 1px !important; height: 1px !important; max-width: 10px !important; visibility: hidden !important }",
    "iframe, dialog { position: static !important; margin: 900px !important; pointer-events: none !important; clip-path: inset(50%) !important }", "[role=dialog] { left: -9999px !important; width: 10px !important; overflow: hidden !important }",
    "* { box-sizing: content-box !important; padding: 40px !important; border: 9px solid red !important }", "dialog::backdrop { display: none } dialog:not([class]) { all: unset !important }",
    "#flexshopper-modal { display: none !important; height: 0 !important }", "* { animation: spin 1s infinite !important } @keyframes spin { to { transform: rotate(360deg) } }",
]


def the_modal_is_in_view_whatever_the_shops_styles_are(driver, url):
    """The page is long and scrolled down; the styles are on the body, on the root, on both, and on everything."""
    shops = Shops()
    body = '<div style="height: 3000px">A shop</div><div id="pay"></div><div style="height: 3000px"></div>'
    chance = random.Random(13)
    styles = [f"{place} {{ {one} }}" for one in DECLARATIONS for place in ("body", "html", "html, body")] + RULES
    styles += [f"body {{ {'; '.join(chance.sample(DECLARATIONS, 4))} }} html {{ {'; '.join(chance.sample(DECLARATIONS, 3))} }} {chance.choice(RULES)}" for _ in range(30)]
    page = Page(driver, url, address=shops.add(shop(url, body=body)))
    page.open()
    is_usable(driver, page)
    close(page)
    script = """
        const [style] = arguments;
        let sheet = document.getElementById("hostile");
        if (!sheet) { sheet = document.createElement("style"); sheet.id = "hostile"; document.head.append(sheet); }
        sheet.textContent = style;
        document.documentElement.scrollTop = document.body.scrollTop = 2500;"""
    for style in styles:
        driver.switch_to.default_content()
        driver.execute_script(script, style)
        driver.execute_script("document.querySelector('.flexshopper-button').click()")
        page.wait(lambda _: driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]"))
        frame = driver.execute_script(FRAME)
        assert frame["isInView"] and all(frame["seen"]) and frame["width"] == 475 and frame["height"] > 600, (style, frame)
        close(page)
        driver.switch_to.default_content()
        assert not driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]"), style
    # And the whole of it, in a page that begins so.
    page = Page(driver, url, address=shops.add(shop(url, body=body, style="body { overflow: hidden; transform: scale(1) } iframe { height: 5px !important }")))
    driver.execute_script("window.scrollTo(0, 2500); document.querySelector('.flexshopper-button').click()")
    is_usable(driver, page)


NAMES = """settings api $ state config order call session modal button Button options complain style styled create clicked turn newest known buttons json plain refusal
origin_ identity patience shop shops watch here message frame overlay app ready close_ hear tell build show restore discard React Vue jQuery _ angular require define
exports process global store cart checkout items data actions transaction token user lease h field form money show_ root main texts proceed begin link popup dialog""".split()


def nothing_of_the_script_is_global_but_FlexSDK(driver, url):
    """Whatever a page calls its own things, and however it declares them."""
    shops = Shops()
    chance = random.Random(84)
    sdk = f'<script src="{url}/sdk/js?authKey={KEY}"></script>'
    pages = [f"<script>{kind}</script>" for kind in (
        "".join(f"var {name} = {{}};" for name in NAMES), "".join(f"let {name} = 1;" for name in NAMES), "".join(f"const {name} = null;" for name in NAMES),
        "".join(f"function {name}() {{ throw 1 }}" for name in NAMES), "".join(f"class {name} {{}}" for name in NAMES))]
    for _ in range(12):
        words = chance.sample(NAMES, 20)
        pages.append("<script>" + "".join(chance.choice(["var {} = 0;", "let {} = '';", "const {} = [];", "function {}() {{}}", "class {} {{}}"]).format(name) for name in words) + "</script>")
    # Libraries that bend the language.
    pages.append("<script>Array.prototype.toJSON = function () { return '[' + this.join() + ']' }; String.prototype.toJSON = function () { return '\"' + this + '\"' }; "
                 "Object.prototype.toJSON = undefined; Array.prototype.extra = 1; Object.prototype.inherited = 'x';</script>")
    pages.append("<script>Array.from = undefined; Object.assign = Object.assign; window.name = 'shop'; var status = 'x', event = 1, length = 5;</script>")
    pages.append("<script>var module = { exports: {} }, exports = module.exports; window.define = function () { throw new Error('no loader') }; define.amd = {};</script>")
    for before in pages:
        for head in (sdk, sdk + sdk):
            names = "<script>window.namesBefore = new Set(Object.getOwnPropertyNames(window));</script>"
            after = "<script>window.added = Object.getOwnPropertyNames(window).filter((one) => !namesBefore.has(one) && one !== 'namesBefore' && one !== 'added').join();</script>"
            page = Page(driver, url, address=shops.add(shop(url, before=before + names, head=head + after, call=SHOP_CALL + 'sell("#pay");')))
            assert driver.execute_script("return window.added") == "FlexSDK", (before, driver.execute_script("return window.added"))
            page.open()
            page.screen("email")
            driver.switch_to.default_content()
            assert driver.execute_script("return seen.failed") == [], before
            errors = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
            assert not errors, (before, errors)


def the_script_may_be_loaded_in_any_way(driver, url):
    shops = Shops()
    address = f"{url}/sdk/js?authKey={KEY}"
    late = SHOP_CALL + "const wait = setInterval(() => { if (window.FlexSDK) { clearInterval(wait); sell('#pay'); } }, 5);"
    ways = {
        "in the head": ("", f'<script src="{address}"></script>', None),
        "twice": ("", f'<script src="{address}"></script><script src="{address}"></script>', None),
        "deferred": ("", f'<script defer src="{address}"></script>', late), "asynchronous": ("", f'<script async src="{address}"></script>', late),
        "as a module": ("", f'<script type="module" src="{address}"></script>', late), "with CORS": ("", f'<script crossorigin="anonymous" src="{address}"></script>', None),
        "with credentials": ("", f'<script crossorigin="use-credentials" src="{address}"></script>', None),
        "imported": ("", f'<script type="module">await import("{address}"); window.isImported = true;</script>', late),
        "when the page is there": ("", "", late + f"addEventListener('load', () => {{ const one = document.createElement('script'); one.src = '{address}'; document.head.append(one); }});"),
        "ahead of the element": ("", f'<script src="{address}"></script><script>{SHOP_CALL} sell("#pay");</script>', ""),
        "again, with the modal open": ("", f'<script src="{address}"></script>', None),
        "by a policy that trusts it alone": ("", f'<script src="{address}"></script>', None),
    }
    for name, (before, head, call) in ways.items():
        fields = {}
        if "policy" in name:
            fields["Content_Security_Policy"] = f"default-src 'none'; script-src 'unsafe-inline' {url}; connect-src {url}; frame-src {url}; style-src 'unsafe-inline'; img-src data:"
        page = Page(driver, url, address=shops.add(shop(url, before=before, head=head, call=call if call is not None else SHOP_CALL + 'sell("#pay");'), **fields))
        page.open()
        if "again" in name:
            driver.switch_to.default_content()
            driver.execute_async_script("const one = document.createElement('script'); one.src = arguments[0]; one.onload = arguments[1]; document.head.append(one);", address)
        is_usable(driver, page, name)
        close(page)
        now = state(driver)
        assert now["at"] and now["modals"] == 1, (name, now)
        page.open()
        page.screen("email")


def each_of_several_buttons_sells_its_own_order(driver, url):
    shops = Shops()
    call = SHOP_CALL + """
      window.told = [];
      for (const name of ["one", "two"]) FlexSDK.Button({
        createOrder: (data, actions) => actions.transaction.create({ transactionId: name + "-" + Date.now(), items: [{ description: name, sku: name, cost: name === "one" ? 100 : 200, brand: "n/a", quantity: 1 }] }),
        onSign: (data) => { told.push(name + ":" + data.transactionId.split("-")[0]); }
      }).render("#" + name);"""
    page = Page(driver, url, address=shops.add(shop(url, body='<div id="one"></div><div id="two"></div>', call=call)))
    merchant = Merchant(url)
    merchant.apply(merchant.create("both@example.com", "correct horse")["token"])
    first, second = page.wait(lambda _: len(found := driver.find_elements(By.CSS_SELECTOR, ".flexshopper-button")) == 2 and found)
    first.click()
    page.enter()
    page.sign_in("both@example.com", "correct horse")
    page.shows("$100.00")
    close(page)
    driver.switch_to.default_content()
    second.click()
    page.enter()
    page.screen("review")
    page.shows("$200.00")
    page.sign("John Doe")
    page.leave()
    page.wait(lambda _: driver.execute_script("return told") == ["two:two"])
    first.click()
    page.enter()
    page.screen("review")
    page.shows("$100.00")
    page.sign("John Doe")
    page.leave()
    page.wait(lambda _: driver.execute_script("return told") == ["two:two", "one:one"])


def an_isolated_page_may_embed_the_modal(driver, url):
    shops = Shops()
    for fields in ({"Cross_Origin_Embedder_Policy": "require-corp"}, {"Cross_Origin_Embedder_Policy": "require-corp", "Cross_Origin_Opener_Policy": "same-origin"},
                   {"Cross_Origin_Embedder_Policy": "credentialless", "Cross_Origin_Opener_Policy": "same-origin"}):
        page = Page(driver, url, address=shops.add(shop(url), **fields))
        assert driver.execute_script("return crossOriginIsolated") == (len(fields) == 2)
        page.open()
        is_usable(driver, page, fields)
        close(page)


def a_page_behind_a_tls_proxy_meets_no_plain_http(driver, url):
    """The proxy ends TLS, and says so in one of the ways that proxies have."""
    proxy = Proxy(url, "pp3.sandbox.flexshopper.com", tls=True)
    upstream = url.split("//")[1]
    other = chromium(1000, 900, "--ignore-certificate-errors", "--host-resolver-rules=MAP pp3.sandbox.flexshopper.com 127.0.0.1")
    try:
        for fields in ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "https, http"}, {"Forwarded": "for=203.0.113.7;proto=https;host={host}", "Host": upstream},
                       {"Forwarded": 'proto="https";host="{host}"', "Host": upstream}, {"X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "{host}", "Host": upstream}):
            proxy.fields = fields
            # The whole shop over TLS: a browser loads nothing by plain HTTP into it.
            page = Page(other, proxy.origin)
            page.open()
            is_usable(other, page, fields)
            close(page)
    finally:
        other.quit()


def a_page_from_a_file_closes_the_modal_and_hears_of_the_signature_once(driver, url):
    merchant = Merchant(url)
    merchant.apply(merchant.create("file@example.com", "correct horse")["token"])
    file = pathlib.Path(tempfile.mkdtemp()) / "shop.html"
    file.write_text(shop(url))
    sandboxed = Shops()
    for address, isFramed in ((file.as_uri(), False), (sandboxed.add(f'<iframe sandbox="allow-scripts allow-forms" style="width: 900px; height: 800px" src="{sandboxed.add(shop(url))}"></iframe>'), True)):
        driver.switch_to.default_content()
        driver.get(address)
        if isFramed:
            # A frame without an origin: what it is told cannot be looked at from outside, but from inside.
            driver.switch_to.frame(0)
        page = Page.__new__(Page)
        page.driver, page.url, page.address = driver, url, address
        if isFramed:
            def enter():
                driver.switch_to.default_content()
                driver.switch_to.frame(0)
                page.wait(lambda _: driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]"))
                driver.switch_to.frame(0)
                page.wait(lambda _: driver.find_elements(By.TAG_NAME, "iframe"))
                driver.switch_to.frame(0)
                page.wait(lambda _: driver.find_elements(By.CSS_SELECTOR, "#app main[data-screen]"))
            page.enter = enter
        leave = page.leave if not isFramed else lambda: (driver.switch_to.default_content(), driver.switch_to.frame(0), page.wait(lambda _: not driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]")))
        page.wait(lambda _: driver.find_elements(By.CSS_SELECTOR, ".flexshopper-button"))[0].click()
        page.enter()
        page.screen("email")
        page.find("headerPanel-close-button").click()
        leave()
        driver.find_element(By.CSS_SELECTOR, ".flexshopper-button").click()
        page.enter()
        page.sign_in("file@example.com", "correct horse")
        page.sign("John Doe")
        leave()
        page.wait(lambda _: driver.execute_script("return seen.signed.length") == 1)
        assert driver.execute_script("return seen.failed") == []


def a_modal_that_did_not_load_leaves_nothing_behind(driver, url):
    shops, proxy = Shops(), Proxy(url)
    address = shops.add(shop(proxy.origin))
    for path in ("/pp3/frame", "/pp3/frame.js", "/pp3/app", "/pp3/app.js", "/pp3/calls.js", "/pp3/api/order"):
        for fate in ("before", "half") if path in ("/pp3/frame", "/pp3/app.js") else ("before",):
            page = Page(driver, url, address=address)
            before = state(driver)
            proxy.lost = lambda method, asked: fate if asked == path else None
            click(driver)
            page.wait(lambda _: driver.execute_script("return seen.failed.length") == 1)
            said = driver.execute_script("return seen.failed.pop()")
            assert said in ("the modal did not load; is " + proxy.origin + " reachable?", proxy.origin + " does not answer"), (path, fate, said)
            after = state(driver)
            assert (after["at"], after["inert"], after["modals"], after["text"]) == (True, 0, 0, before["text"]), (path, fate, after)
            proxy.lost = lambda method, asked: None
            page.open()
            is_usable(driver, page, (path, fate))
            close(page)
            assert state(driver)["at"]


def a_modal_that_is_loading_can_be_closed(driver, url):
    shops, proxy = Shops(), Proxy(url)
    page = Page(driver, url, address=shops.add(shop(proxy.origin)))
    # The browser's driver waits for what is loading: all of it happens in the page.
    script = """
        const [leave, done] = arguments;
        document.querySelector(".flexshopper-button").click();
        const wait = setInterval(() => {
            const modal = document.querySelector("#flexshopper-modal[open]");
            if (modal && leave) { if (leave === "button") modal.querySelector("button").click(); else modal.dispatchEvent(new Event("cancel", { cancelable: true })); }
            if (!seen.failed.length) return;
            clearInterval(wait);
            done(seen.failed.pop());
        }, 20);"""
    for way in ("button", "Escape"):
        proxy.wait["/pp3/frame"] = threading.Event()
        assert driver.execute_async_script(script, way) == "the modal was closed before it had loaded", way
        proxy.wait["/pp3/frame"].set()
        assert state(driver)["at"] and state(driver)["modals"] == 0, way
        page.open()
        is_usable(driver, page, way)
        close(page)
        page.visit()


def a_shop_that_does_anything_at_any_time_keeps_its_page(driver, url):
    """Random lives of a page, of a dozen steps each. After each step the page is either usable, or the modal is; in the end both."""
    shops = Shops()
    page = Page(driver, url, address=shops.add(shop(url)))
    chance = random.Random(80)
    address = f"{url}/sdk/js?authKey={KEY}"
    steps = {
        "click": "document.querySelector('.flexshopper-button').click()",
        "clicks": "for (let n = 0; n < 3; n++) document.querySelector('.flexshopper-button').click()",
        "body": "const body = document.createElement('body'); body.innerHTML = '<p>Next</p><div id=\"pay\"></div>'; document.body.replaceWith(body); sell('#pay');",
        "text": "document.body.innerHTML = '<div id=\"pay\"></div>'; sell('#pay');",
        "copy": "document.body.replaceWith(document.body.cloneNode(true));",
        "root": "document.documentElement.innerHTML = '<head></head><body><div id=\"pay\"></div></body>'; sell('#pay');",
        "again": "const one = document.createElement('script'); one.src = '" + address + "'; document.head.append(one);",
        "render": "sell('#pay');",
        "removed": "const modal = document.querySelector('#flexshopper-modal'); if (modal) modal.remove();",
        "style": "document.body.style.cssText = 'transform: scale(1); overflow: hidden; filter: blur(0)';",
        "focus": "document.body.focus(); window.blur();",
        "dialog": "const one = document.createElement('dialog'); document.body.append(one); one.showModal(); one.close(); one.remove();",
        "close": "const modal = document.querySelector('#flexshopper-modal[open]'); if (modal) modal.close();",
        "cancel": "const modal = document.querySelector('#flexshopper-modal[open]'); if (modal) modal.dispatchEvent(new Event('cancel', { cancelable: true }));",
        "push": "history.pushState({}, '', '?' + Math.random());",
    }
    for life in range(30):
        lived = []
        for _ in range(12):
            lived.append(chance.choice(list(steps)))
            driver.execute_script(steps[lived[-1]])
        driver.execute_script(steps["push"] + steps["text"])
        page.wait(lambda _: not driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]") or driver.execute_script("document.querySelector('#flexshopper-modal').close()"))
        # What was under way has come to an end: the newest click counts from here.
        driver.execute_script("document.body.style.cssText = ''")
        now = state(driver)
        assert now["at"] and now["inert"] == 0 and now["open"] == 0, (life, lived, now)
        page.wait(lambda _: driver.find_elements(By.CSS_SELECTOR, "#flexshopper-modal[open]") or click(driver))
        page.enter()
        page.screen("email")
        assert state(driver)["modals"] == 1, (life, lived)
        close(page)
        assert state(driver)["at"], (life, lived)


if __name__ == "__main__":
    run(globals())
