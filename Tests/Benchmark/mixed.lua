-- Reads, refusals and oddities, none of which makes the world grow: what the journal takes is all that is taken.
local count = 0
local kinds = {
    function() return wrk.format("GET", "/v3/users/me", { Authorization = "bench", ["customer-token"] = token }) end,
    function() return wrk.format("GET", "/v3/user-exists?email=john" .. count .. "@example.com", { Authorization = "bench" }) end,
    function() return wrk.format("GET", "/v3/users/me", { Authorization = "bench" }) end,
    function()
        return wrk.format("POST", "/v3/users", { Authorization = "bench", ["Content-Type"] = "application/json" },
            '{"firstName":"John","lastName":"Doe","locael":"en' .. count .. '"}')
    end,
    function() return wrk.format("GET", "/v3/leases/" .. count, { Authorization = "bench", ["customer-token"] = token }) end,
    function() return wrk.format("GET", "/v3/nothing/" .. count, { Authorization = "bench" }) end,
}
request = function()
    count = count + 1
    return kinds[count % #kinds + 1]()
end
function init(arguments) token = arguments[1] end
done = function(summary)
    local errors = summary.errors
    io.write(string.format("errors %d\n", errors.connect + errors.read + errors.write + errors.timeout))
end
