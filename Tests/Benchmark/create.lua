-- POST /v3/users with a new e-mail each time.
local count = 0
request = function()
    count = count + 1
    local body = string.format(
        '{"firstName":"John","lastName":"Doe","email":"john%d.%d@example.com","password":"correct horse","locale":"en"}',
        count, seed)
    return wrk.format("POST", "/v3/users", nil, body)
end
function init(arguments) seed = arguments[1] or 0 end
done = function(summary)
    local errors = summary.errors
    io.write(string.format("errors %d\n", errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
