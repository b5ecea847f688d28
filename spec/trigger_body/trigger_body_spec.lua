-- The shape of a trigger's body, without an engine behind it.
local trigger_body = require "herald.trigger_body"

local function body(recipients, request_id)
  return ('{"requestId":%s,"campaignId":"c","recipients":[%s]}'):format(request_id or '"r"', recipients)
end

local function recipient(more)
  return '{"type":"aep","userId":"jane@example.com","namespace":"email"' .. (more and "," .. more or "") .. "}"
end

local function faults(recipients)
  local call = assert(trigger_body.read(body(recipients), 20, 100))
  local found = {}
  for index, fault in ipairs(call.faults or {}) do found[index] = table.concat({ fault[1], fault[2], fault[3] }, " ") end
  return found, call
end

describe("a trigger's body", function()
  it("gives the recipients, with their JSON as it came", function()
    local call = trigger_body.read(body(recipient '"context": {"n": 10.50, "big":9007199254740993},"profile":{},"channelData":{"emailAddress":"x"}'), 20, 100)
    local one = call.recipients[1]
    assert.same({ "r", "c", 1, nil }, { call.request_id, call.campaign_id, #call.recipients, call.faults })
    assert.same({ "aep", "jane@example.com", "email" }, { one.type, one.user_id, one.namespace })
    assert.equal('{"n": 10.50, "big":9007199254740993}', one.context)
    assert.same({ "{}", '{"emailAddress":"x"}' }, { one.profile, one.channel_data })
    assert.equal(one.context, call.doc:raw(one.context_node))
  end)

  it("may have escapes in every name", function()
    local call = trigger_body.read([[{"request\u0049d":"\u0072","campaignId":"\u0063","recipients":[
      {"type":"aep","user\u0049d":"j\u00fcrgen@example.com","namespace":"e\u006dail"}]}]], 20, 100)
    assert.same({ "r", "c", "jürgen@example.com", "email" },
      { call.request_id, call.campaign_id, call.recipients[1].user_id, call.recipients[1].namespace })
  end)

  it("is refused as a whole where nobody can be looked at", function()
    local function refusal(text) return table.concat({ select(2, trigger_body.read(text, 2, 100)) }, " | ") end
    assert.matches("^.+ | invalid%-json$", refusal "{")
    assert.equal("the body must be a JSON object | invalid-request", refusal "[]")
    assert.equal("requestId: missing; campaignId: expected a string, got number; recipients: missing | invalid-request", refusal '{"campaignId":5}')
    assert.equal("recipients: expected an array | invalid-request | r | c", refusal '{"requestId":"r","campaignId":"c","recipients":{}}')
    assert.equal("recipients: expected at least one | invalid-recipients | r | c", refusal(body ""))
    assert.equal("recipients: 3 given; at most 2 go in one call | invalid-recipients | r | c", refusal(body "1,2,3"))
    local _, message, _, request_id, campaign_id = trigger_body.read(body("1", ('"%s"'):format(("x"):rep(256))), 2, 100)
    assert.same({ "requestId: longer than 255 bytes", nil, "c" }, { message, request_id, campaign_id })
    assert.is_nil(select(2, trigger_body.read(body(recipient(), ('"%s"'):format(("x"):rep(255))), 2, 100)))
  end)

  it("names every fault of every recipient, and gives what could be read", function()
    local found, call = faults('5,{"type":"x\\"y","userId":"","namespace":7},' .. recipient '"context":[],"profile":1,"channelData":"c"')
    assert.same({
      "1 invalid-recipients expected an object",
      "2 invalid-recipients userId: must not be empty",
      "2 invalid-recipients namespace: expected a string, got number",
      [[2 invalid-recipients type: "x\"y" is neither "aep" nor "external"]],
      "3 context-invalid context: expected an object, got array",
      "3 invalid-recipients profile: expected an object, got number",
      "3 invalid-recipients channelData: expected an object, got string",
    }, found)
    assert.is_false(call.recipients[1])
    assert.same({ 'x"y', nil, nil }, { call.recipients[2].type, call.recipients[2].user_id, call.recipients[2].namespace })
    assert.is_true(call.recipients[3].has_bad_context)
    assert.equal("jane@example.com", call.recipients[3].user_id)
  end)

  it("takes null for what is not there", function()
    local found, call = faults(recipient '"context":null,"profile":null,"channelData":null')
    assert.same({}, found)
    assert.same({ nil, nil, nil }, { call.recipients[1].context, call.recipients[1].profile, call.recipients[1].channel_data })
  end)

  it("checks addresses, the reserved name and the context's size", function()
    assert.same({
      "1 invalid-recipients channelData.mobilePhoneNumber: expected a string",
      "1 invalid-recipients channelData.pushInfo.token: expected a string",
    }, (faults(recipient '"channelData":{"emailAddress":"x","mobilePhoneNumber":49,"pushInfo":{"token":[]}}')))
    assert.same({ "1 context-reserved context.system: this name is reserved; choose another" }, (faults(recipient '"context":{"s\\u0079stem":1}')))
    local exact = '{"x":"' .. ("x"):rep(92) .. '"}'
    assert.same({}, (faults(recipient('"context":' .. exact))))
    assert.same({ "1 context-too-large context: 101 bytes; the limit is 100" }, (faults(recipient('"context": {"x":"' .. ("x"):rep(93) .. '"}'))))
  end)

  it("refuses a recipient who is named twice, however the name is written", function()
    local twice = recipient() .. ',{"type":"aep","userId":"other","namespace":"email"},{"type":"aep","userId":"jan\\u0065@example.com","namespace":"email"}'
    assert.same({ "3 invalid-recipients userId: the same as recipients[0]; name each recipient once" }, (faults(twice)))
    local many = {}
    for index = 1, 20 do many[index] = ('{"type":"aep","userId":"u%d","namespace":"email"}'):format(index % 10) end
    local found = faults(table.concat(many, ","))
    table.sort(found)
    assert.equal(10, #found)
    assert.equal("11 invalid-recipients userId: the same as recipients[0]; name each recipient once", found[1])
    assert.equal("20 invalid-recipients userId: the same as recipients[9]; name each recipient once", found[10])
  end)
end)
