<?php
// The Payment Plugin page's PHP sample (seed, "Server-side"), with the base URL and the key from the environment.
// usage: php validate-order.php TRANSACTION-ID; prints what the handler answered. Needs Guzzle.
//
// Two changes, without which the sample cannot work anywhere: Guzzle resolves a path against the base URL by RFC 3986, so
// the base ends with a slash and the paths begin without one; and Zend's JsonResponse is a Guzzle response here.
require_once 'GuzzleHttp/autoload.php';

use GuzzleHttp\Client;
use GuzzleHttp\Psr7\Response;
use GuzzleHttp\Psr7\ServerRequest;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;

$checkOrder = function ($transaction) {
    $isValid = $transaction->data->lease->status === 'signed';
    return (object) ['isValid' => $isValid, 'errors' => $isValid ? [] : ['the lease is not signed']];
};

$validateOrder = function (ServerRequestInterface $request) use ($checkOrder): ResponseInterface {
    $flexShopperClient = new Client([
        'base_uri' => getenv('MEDUSA_BASE_URL') . '/v3/',
        'headers' => [
            'Authorization' => getenv('MEDUSA_API_KEY')
        ]
    ]);

    $transactionId = $request->getParsedBody()['transactionId'];
    $transaction = json_decode($flexShopperClient->get("transactions/{$transactionId}")->getBody());
    $orderStatus = $checkOrder($transaction);

    if (!$orderStatus->isValid) {
        return new Response(400, [], json_encode(['valid' => false, 'errors' => $orderStatus->errors]));
    }

    $flexShopperClient->post("transactions/{$transactionId}/finalize");

    return new Response(200, [], json_encode(['valid' => true, 'parsed_body' => $transactionId]));
};

$request = (new ServerRequest('POST', '/validate-order'))->withParsedBody(['transactionId' => $argv[1]]);
$response = $validateOrder($request);
echo json_encode(['status' => $response->getStatusCode()] + json_decode($response->getBody(), true)), "\n";
