-- Refuses JSON bodies with fields that the contract does not have, or with lists and objects where it has none.
-- The transcoder drops an unknown field in silence, so a misspelt name in an update would clear the field it
-- meant. Everything else about JSON and its values the transcoder checks itself: what is not JSON passes here.
--
-- Rendered before this text:
--   OPERATIONS[method] = { { pattern of the path, message }, … }
--   MESSAGES[message][field] = { repeated?, message or nil, anything? }

local find, byte, sub = string.find, string.byte, string.sub
local MAX_DEPTH = 64

local value

-- The position after a string that begins at `i`, and its text; nil when it does not end.
local function text(s, i)
  local at = i + 1
  while true do
    at = find(s, '["\\]', at)
    if not at then return nil end
    if byte(s, at) == 34 then return at + 1, sub(s, i + 1, at - 1) end
    at = at + 2
  end
end

local function space(s, i)
  return find(s, "[^ \t\r\n]", i) or #s + 1
end

local function place(path, name)
  return path == "" and name or path .. "." .. name
end

-- Each of these gives the position after what it read, or nil and what is wrong; nil alone: this is not JSON.
local function object(s, i, fields, path, depth)
  i = space(s, i + 1)
  if byte(s, i) == 125 then return i + 1 end
  while true do
    if byte(s, i) ~= 34 then return nil end
    local after, name = text(s, i)
    if not after then return nil end
    i = space(s, after)
    if byte(s, i) ~= 58 then return nil end
    local field
    if fields then
      field = fields[name]
      if not field then return nil, place(path, name) .. ": there is no such field." end
    end
    local problem
    i, problem = value(s, space(s, i + 1), field, field and place(path, name), depth, field and field[1])
    if not i then return nil, problem end
    i = space(s, i)
    local separator = byte(s, i)
    if separator == 125 then return i + 1 end
    if separator ~= 44 then return nil end
    i = space(s, i + 1)
  end
end

local function list(s, i, field, path, depth)
  i = space(s, i + 1)
  if byte(s, i) == 93 then return i + 1 end
  local number = 0
  while true do
    local problem
    i, problem = value(s, i, field, field and path .. "[" .. number .. "]", depth, false)
    if not i then return nil, problem end
    i = space(s, i)
    local separator = byte(s, i)
    if separator == 93 then return i + 1 end
    if separator ~= 44 then return nil end
    i = space(s, i + 1)
    number = number + 1
  end
end

-- `field` is nil where anything may stand.
value = function(s, i, field, path, depth, repeated)
  if depth > MAX_DEPTH then return nil end
  local first = byte(s, i)
  if field and field[3] then field = nil end
  if field and repeated and first ~= 91 and first ~= 110 then return nil, path .. ": this must be a list." end
  if first == 123 then
    if field and not field[2] then return nil, path .. ": this must not be an object." end
    return object(s, i, field and MESSAGES[field[2]], path, depth + 1)
  elseif first == 91 then
    if field and not repeated then return nil, path .. ": this must not be a list." end
    return list(s, i, field, path, depth + 1)
  end
  if field and field[2] and not repeated and first ~= 110 then return nil, path .. ": this must be an object." end
  if first == 34 then return (text(s, i)) end
  local _, last = find(s, "^[%w+.-]+", i)
  return last and last + 1
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local operations = OPERATIONS[headers:get(":method")]
  if not operations then return end
  local path = headers:get(":path"):match("^[^?]*")
  for _, operation in ipairs(operations) do
    if find(path, operation[1]) then
      local body = handle:body()
      if not body then return end
      local s = body:getBytes(0, body:length())
      local start = space(s, 1)
      if byte(s, start) ~= 123 then return end
      local _, problem = object(s, start, MESSAGES[operation[2]], "", 1)
      if problem then handle:respond({ [":status"] = "400" }, problem) end
      return
    end
  end
end
