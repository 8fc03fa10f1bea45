// The Payment Plugin page's Node.js sample (seed, "Server-side"), with the base URL and the key from the environment.
// usage: node validate-order.js TRANSACTION-ID; prints what the handler answered. Needs axios.
const axios = require('axios');

// helper method holding business logic to validate order
const checkOrder = async (transaction) => {
  const isValid = transaction.data.data.lease.status === 'signed';
  return { isValid, errors: isValid ? [] : ['the lease is not signed'] };
};

const flexShopperClient = axios.create({
  baseURL: `${process.env.MEDUSA_BASE_URL}/v3`,
  headers: {
    Authorization: process.env.MEDUSA_API_KEY
  }
});

const validateOrderHandler = async (req, res) => {
  const transactionId = req.body.transactionId;
  const transaction = await flexShopperClient.get(`/transactions/${transactionId}`);
  const orderStatus = await checkOrder(transaction);

  if (!orderStatus.isValid) {
    res.json({ valid: false, errors: orderStatus.errors });
    return res.send(400);
  }

  await flexShopperClient.post(`/transactions/${transactionId}/finalize`);

  res.json({ valid: true });
  res.send(200);
};

let answer;
const response = {
  json: (body) => { answer = body; },
  send: (status) => { console.log(JSON.stringify({ status, ...answer })); }
};
validateOrderHandler({ body: { transactionId: process.argv[2] } }, response).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
