"""The journey of an integration, by the client that openapi-python-client generates. usage: … BASE-URL (the client on PYTHONPATH)"""
import datetime, sys

from medusa_sandbox_client import AuthenticatedClient
from medusa_sandbox_client.api.control import advance_clock, get_messages
from medusa_sandbox_client.api.customer import add_payment_method, create_user, get_payment_methods, get_user, verify_user_exists
from medusa_sandbox_client.api.decision import apply_for_spending_limit
from medusa_sandbox_client.api.lease import (
    collect_payment, confirm_shipment, create_lease, finalize_lease, get_agreements, get_lease_by_id, get_transaction_by_id, return_items,
    sign_lease)
from medusa_sandbox_client.api.waterfall import login_customer, refund_transaction, request_passcode
from medusa_sandbox_client import models as m

client = AuthenticatedClient(base_url=sys.argv[1], token="generated", prefix="", raise_on_unexpected_status=True)
EMAIL = "john@example.com"

known = verify_user_exists.sync(client=client, email=EMAIL)
assert known.data.exists is False
created = create_user.sync(client=client, body=m.CreateUserBody(first_name="John", last_name="Doe", email=EMAIL))
assert isinstance(created, m.CreateUserResponse200), created
again = create_user.sync(client=client, body=m.CreateUserBody(first_name="John", last_name="Doe", email=EMAIL))
assert isinstance(again, m.ErrorEnvelope) and again.error.code == "UserAlreadyExists"

customer = client.with_headers({"customer-token": created.data.token})
card = m.AddPaymentMethodBodyToken(
    card_type="visa", last_four="1234", first_six="411111", token="b219cb1d", billing_zip="20146")
added = add_payment_method.sync_detailed(
    client=customer, body=m.AddPaymentMethodBody(primary=True, label="My Visa Card", token=card))
assert added.status_code == 201
methods = get_payment_methods.sync(client=customer)
assert methods[0].card_brand == "Visa"

decided = apply_for_spending_limit.sync(client=customer, customer_ip="127.0.0.1", body=m.ApplyForSpendingLimitBody(
    street1="123 Test Dr.", city="Hollywood", region_abbr="FL", postal_code="33021", country="US", mobile_phone="6514447773",
    date_of_birth="1998-03-23", ssn="888776666",
    employment_information=m.ApplyForSpendingLimitBodyEmploymentInformation(
        monthly_income=1250, pay_frequency=m.ApplyForSpendingLimitBodyEmploymentInformationPayFrequency.WEEKLY)))
assert decided.data.decision.status == m.DecisionStatus.APPROVED and decided.data.decision.spending_limit == 1300

lease = create_lease.sync(client=customer, body=m.CreateLeaseBody(transaction_id="ABC-1", items=[
    m.CreateLeaseBodyItemsItem(brand="Apple", sku="abc123", description="iPad Mini", cost=200, quantity=2)]))
assert lease.data.payment == 17.28 and lease.data.term == 52
pending = get_lease_by_id.sync(lease.data.lease_id, client=customer)
assert pending.data.lease_status == m.LeaseLeaseStatus.PENDING and pending.data.is_expired is False
unsigned = finalize_lease.sync("ABC-1", client=client)
assert isinstance(unsigned, m.ErrorEnvelope) and unsigned.error.code == ""
signed = sign_lease.sync(lease.data.lease_id, client=customer, body=m.SignLeaseBody(
    ip_address="127.0.0.1", signed=True, timestamp=datetime.datetime.now(datetime.timezone.utc)))
assert isinstance(signed, m.SignLeaseResponse200), signed
final = finalize_lease.sync("ABC-1", client=client)
assert len(final.data.lease_number) == 7
shipped = confirm_shipment.sync("ABC-1", client=client, body=m.ConfirmShipmentBody(items=[
    m.ConfirmShipmentBodyItemsItem(sku="abc123", carrier="UPS", ship_date=datetime.date.today(), quantity=2)]))
assert isinstance(shipped, m.ConfirmShipmentResponse200), shipped
transaction = get_transaction_by_id.sync("ABC-1", client=client)
assert transaction.data.items[0].quantity_by_status.shipped == 2 and transaction.data.purchase_total == 40000
returned = return_items.sync("ABC-1", client=client, body=m.ReturnItemsBody(items=[m.ReturnItemsBodyItemsItem(sku="abc123", quantity=1)]))
assert returned.data.returned[0].quantity == 1 and returned.data.failed == []

agreement = get_agreements.sync(client=customer)[0]
assert agreement.past_due == 0
paid = collect_payment.sync(agreement.id, client=customer, body=m.CollectPaymentBody(payment_method_id=methods[0].id, amount=2))
assert paid[0].outcome == "success"
credited = refund_transaction.sync("ABC-1", client=client, body=m.RefundTransactionBody(items=[
    m.RefundTransactionBodyItemsItem(line_number=1, sku="abc123", item_credit=200)]))
assert credited.data.refunded[0].line_number == 1

# What is the sandbox's own has a typed client too.
moved = advance_clock.sync(client=client, body=m.AdvanceClockBody(by="P31D"))
assert any(event.event == m.EventEvent.PAYMENTDUE for event in moved.data.events)
request_passcode.sync(created.data.user_id, client=client, body=m.RequestPasscodeBody(transport=m.RequestPasscodeBodyTransport.EMAIL))
passcode = get_messages.sync(client=client).data.messages[0].passcode
token = login_customer.sync(created.data.user_id, client=client, body=m.LoginCustomerBody(passcode=passcode)).data.token
me = get_user.sync(client=client.with_headers({"customer-token": token}))
assert me.data.user_id == created.data.user_id and me.data.transactions[0].id == "ABC-1"
print("the journey is done")
