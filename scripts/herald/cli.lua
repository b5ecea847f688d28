-- The command line: `herald COMMAND --project DIR`. Finds the command, reads its arguments, runs it and
-- answers with the exit code: 0 done, 1 it failed, 2 usage.

local argparse = require "argparse"
local output = require "herald.cli.output"

local M = {}

local MODULES = {
  "start", "types", "check", "serve", "lifecycle", "trigger", "render", "report", "message", "why", "replay", "outbox", "kv", "tail", "scripts",
  "key", "test", "operate",
}

---@class herald.Command
---@field name string
---@field summary string
---@field configure fun(parser: table)|nil adds its arguments and options
---@field run (fun(app: herald.App, args: table): integer)|nil
---@field commands herald.Command[]|nil sub-commands instead of run
---@field anywhere boolean|nil true: needs no project folder
---@field data boolean|nil true: prints data, so takes --json

local function load_commands()
  local list = {}
  for _, name in ipairs(MODULES) do
    for _, command in ipairs(require("herald.cli." .. name)) do list[#list + 1] = command end
  end
  return list
end

---Every command that can be run, sub-commands by both words ("key create").
---@return { name: string, summary: string }[]
function M.commands()
  local list = {}
  for _, command in ipairs(load_commands()) do
    if command.commands then
      for _, sub in ipairs(command.commands) do
        list[#list + 1] = { name = command.name .. " " .. sub.name, summary = sub.summary }
      end
    else
      list[#list + 1] = { name = command.name, summary = command.summary }
    end
  end
  return list
end

-- Help is remembered and shown by main: a library must not print and exit by itself.
local function catch_help(parser, caught)
  parser:add_help {
    description = "Show this help and end.",
    action = function()
      caught.text = parser:get_help()
      error("help was asked for", 0)
    end,
  }
end

local function add_command(parent, command, caught)
  local parser = parent:command(command.name):summary(command.summary):description(command.summary)
  catch_help(parser, caught)
  if command.commands then
    parser:require_command(true):command_target "verb"
    for _, sub in ipairs(command.commands) do add_command(parser, sub, caught) end
    return
  end
  if not command.anywhere then
    parser:option("--project", "The project's folder.", "."):argname "DIR"
    parser:option("--data", "The data folder, instead of the one that herald.lua names."):argname "DIR"
  end
  if command.data then parser:flag("--json", "Print JSON.") end
  if command.configure then command.configure(parser) end
end

local function build_parser(commands, caught)
  local parser = argparse("herald", "Runs messaging campaigns that are written in Lua.")
  parser:command_target("command"):require_command(true):help_max_width(100)
  catch_help(parser, caught)
  for _, command in ipairs(commands) do add_command(parser, command, caught) end
  return parser
end

local function find(commands, args)
  for _, command in ipairs(commands) do
    if command.name == args.command then
      if not command.commands then return command end
      for _, sub in ipairs(command.commands) do
        if sub.name == args.verb then return sub end
      end
    end
  end
end

-- Arguments behind `test` go to busted untouched, so they are kept from the parser.
local function split_rest(argv)
  local rest, own = {}, {}
  local is_rest = false
  for _, word in ipairs(argv) do
    if is_rest then
      rest[#rest + 1] = word
    elseif word == "--" then
      is_rest = true
    else
      own[#own + 1] = word
    end
  end
  return own, rest
end

local function named(list, name)
  for _, command in ipairs(list) do
    if command.name == name then return command end
  end
end

-- A group of commands that is asked for none of them.
local function missing_verb(group, own)
  local names = {}
  for _, sub in ipairs(group.commands) do
    for _, word in ipairs(own) do
      if word == sub.name then return nil end
    end
    names[#names + 1] = sub.name
  end
  return ("say which: herald %s %s"):format(group.name, table.concat(names, "|"))
end

-- The parser's complaint, or a plainer one, and what helps.
local function usage_text(commands, own, complaint)
  local command = named(commands, own[1])
  if command and command.commands then complaint = missing_verb(command, own) or complaint end
  return ("%s\nTry: herald %s--help"):format(complaint, command and command.name .. " " or "")
end

---Runs one command.
---@param argv string[] without the program's name
---@param host herald.CliHost what the program around offers: share, version, serve, isatty
---@return integer exit 0 done, 1 it failed, 2 usage
function M.main(argv, host)
  local commands, caught = load_commands(), {}
  local app = output.new(host)
  if argv[1] == "--version" then argv = { "version" } end
  local parser = build_parser(commands, caught)
  local own, rest = split_rest(argv)
  local ran, ok, args = pcall(parser.pparse, parser, own)
  if caught.text then
    app:print(caught.text)
    return 0
  end
  if not ran then error(ok, 0) end
  if not ok then
    return app:misused(usage_text(commands, own, args))
  end
  args.rest = rest
  app.json, app.project_dir, app.data_dir = args.json, args.project, args.data
  local code = find(commands, args).run(app, args)
  app:close()
  return code
end

return M
