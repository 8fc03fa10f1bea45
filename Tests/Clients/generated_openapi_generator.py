"""The journey of an integration, by the Python client that OpenAPI Generator generates. usage: … BASE-URL (the client on PYTHONPATH)"""
import datetime, sys

import medusa_generated as g
from medusa_generated.exceptions import BadRequestException, ConflictException, UnauthorizedException

EMAIL = "john@example.com"


def connected(token=None):
    keys = {"apiKey": "generated"}
    if token:
        keys["customerToken"] = token
    return g.ApiClient(g.Configuration(host=sys.argv[1], api_key=keys))


def refused(kind, code, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        assert error.data.error.code.actual_instance == code, error.data
    else:
        raise AssertionError(f"{code} was not refused")


shop = connected()
customers, leases, waterfall = g.CustomerApi(shop), g.LeaseApi(shop), g.WaterfallApi(shop)
assert customers.verify_user_exists(EMAIL).data.exists is False
john = g.CreateUserRequest(firstName="John", lastName="Doe", email=EMAIL)
created = customers.create_user(john).data
refused(ConflictException, "UserAlreadyExists", customers.create_user, john)

mine = connected(created.token)
me, own = g.CustomerApi(mine), g.LeaseApi(mine)
me.add_payment_method(g.AddPaymentMethodRequest(primary=True, label="My Visa Card", token=g.AddPaymentMethodRequestToken(
    cardType="visa", lastFour="1234", firstSix="411111", billingZip="20146",
    token=g.AddPaymentMethodRequestTokenToken("b219cb1d"))))
methods = me.get_payment_methods()
assert methods[0].card_brand == "Visa"

decided = g.DecisionApi(mine).apply_for_spending_limit(g.ApplyForSpendingLimitRequest(
    street1="123 Test Dr.", city="Hollywood", regionAbbr="FL", postalCode="33021", country="US", mobilePhone="6514447773",
    dateOfBirth="1998-03-23", ssn="888776666",
    employmentInformation=g.ApplyForSpendingLimitRequestEmploymentInformation(monthlyIncome=1250, payFrequency="weekly")),
    customer_ip="127.0.0.1").data
assert decided.decision.status == "approved" and decided.decision.spending_limit == 1300

lease = own.create_lease(g.CreateLeaseRequest(transactionId="ABC-1", items=[g.CreateLeaseRequestItemsInner(
    brand="Apple", sku="abc123", description="iPad Mini", cost=200, quantity=2)])).data
assert lease.payment == 17.28 and lease.term == 52
pending = own.get_lease_by_id(lease.lease_id).data
assert pending.lease_status == "pending" and pending.is_expired is False
refused(BadRequestException, "", leases.finalize_lease, "ABC-1")
own.sign_lease(lease.lease_id, g.SignLeaseRequest(
    ipAddress="127.0.0.1", signed=True, timestamp=datetime.datetime.now(datetime.timezone.utc)))
assert len(leases.finalize_lease("ABC-1").data.lease_number) == 7
leases.confirm_shipment("ABC-1", confirm_shipment_request=g.ConfirmShipmentRequest(items=[g.ConfirmShipmentRequestItemsInner(
    sku="abc123", carrier="UPS", shipDate=datetime.date.today(), quantity=2)]))
transaction = leases.get_transaction_by_id("ABC-1").data
assert transaction.items[0].quantity_by_status.shipped == 2 and transaction.purchase_total == 40000
agreement = own.get_agreements()[0]
assert agreement.past_due == 0
paid = own.collect_payment(agreement.id, g.CollectPaymentRequest(paymentMethodId=methods[0].id, amount=2))
assert paid[0].outcome == "success"
credited = waterfall.refund_transaction("ABC-1", g.RefundTransactionRequest(items=[
    g.RefundTransactionRequestItemsInner(lineNumber=1, sku="abc123", itemCredit=200)])).data
assert credited.refunded[0].line_number == 1
try:
    leases.get_agreements()
except UnauthorizedException as error:
    assert error.status == 401

# What is the sandbox's own has a typed client too.
control = g.ControlApi(shop)
moved = control.advance_clock(g.AdvanceClockRequest(by="P31D")).data
assert any(event.event == "paymentDue" for event in moved.events)
waterfall.request_passcode(created.user_id, g.RequestPasscodeRequest(transport="email"))
passcode = control.get_messages().data.messages[0].passcode
token = waterfall.login_customer(created.user_id, g.LoginCustomerRequest(passcode=passcode)).data.token
assert g.CustomerApi(connected(token)).get_user().data.user_id == created.user_id
print("the journey is done")
