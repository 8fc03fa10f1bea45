# The Payment Plugin page's Python sample (seed, "Server-side"), with the base URL and the key from the environment.
# usage: python validate_order.py TRANSACTION-ID; prints what the handler answered. Needs Flask and requests-toolbelt.
#
# One change, without which the sample cannot work anywhere: requests-toolbelt resolves a path against the base URL by
# RFC 3986, so the base ends with a slash and the paths begin without one. `transaction` in the singular is the sample's own.
import json
import os
import sys

from flask import Flask
from flask import jsonify
from flask import request
from requests_toolbelt import sessions

app = Flask(__name__)


flexshopper_client = sessions.BaseUrlSession(base_url=os.environ['MEDUSA_BASE_URL'] + '/v3/')
flexshopper_client.headers.update({'Authorization': os.environ['MEDUSA_API_KEY']})


def check_order(transaction):
    valid = transaction.json()['data']['lease']['status'] == 'signed'
    return {'valid': valid, 'errors': [] if valid else ['the lease is not signed']}


@app.route('/validate-order', methods=['POST'])
def validate_order():
    data = request.get_json()
    transaction_id = data['transactionId']
    transaction = flexshopper_client.get('transaction/%s' % transaction_id)
    order_status = check_order(transaction)

    if not order_status['valid']:
        return jsonify({'valid': False, 'errors': order_status['errors']}), 400, {'ContentType': 'application/json'}

    flexshopper_client.post('transaction/%s/finalize' % transaction_id)
    return jsonify({'valid': True}), 200


if __name__ == '__main__':
    response = app.test_client().post('/validate-order', json={'transactionId': sys.argv[1]})
    print(json.dumps({'status': response.status_code, **response.get_json()}))
