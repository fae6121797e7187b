-- Runs in Neovim after the set-up of docs/editors.md, in a folder with the manifests: what a person asks the editor.
-- Prints one JSON object to the file that OUTPUT names.
vim.cmd('edit web.yaml')
local found = {}
local function ask(method, extra)
  local params = vim.lsp.util.make_position_params()
  for key, value in pairs(extra or {}) do params[key] = value end
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000) or {}
  for _, answer in pairs(answers) do
    return answer.result
  end
end
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 50)
found.diagnostics = vim.tbl_map(function(each) return { line = each.lnum + 1, code = each.code } end, vim.diagnostic.get(0))
vim.api.nvim_win_set_cursor(0, { 8, 9 })
found.hover = ask('textDocument/hover').contents.value
found.references = #ask('textDocument/references', { context = { includeDeclaration = true } })
local range = { start = { line = 7, character = 4 }, ['end'] = { line = 7, character = 4 } }
local actions = ask('textDocument/codeAction', { range = range, context = { diagnostics = {} } })
found.actions = vim.tbl_map(function(each) return each.title end, actions)
for _, action in ipairs(actions) do
  if action.isPreferred then vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16') end
end
found.line = vim.api.nvim_buf_get_lines(0, 7, 8, false)[1]
vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end, 50)
found.left = #vim.diagnostic.get(0)
local function send(method, params)
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 10000) or {}) do
    return answer.result
  end
end
local list = ask('textDocument/completion')
found.completion = vim.tbl_map(function(each) return each.label end, list.items)
found.lenses = vim.tbl_map(function(each) return send('codeLens/resolve', each).command.title end, ask('textDocument/codeLens'))
vim.api.nvim_win_set_cursor(0, { 4, 9 })
local item = ask('textDocument/prepareCallHierarchy')[1]
local function names(method, key)
  return vim.tbl_map(function(each) return each[key].detail .. ' ' .. each[key].name end, send(method, { item = item }))
end
found.incoming = names('callHierarchy/incomingCalls', 'from')
found.outgoing = names('callHierarchy/outgoingCalls', 'to')
vim.lsp.util.apply_workspace_edit(ask('textDocument/rename', { newName = 'site' }), 'utf-16')
found.renamed = vim.api.nvim_buf_get_lines(0, 3, 4, false)[1]
local caller = vim.fn.bufnr('client.yaml')
found.caller = vim.tbl_filter(function(each) return each:find('http://', 1, true) ~= nil end, vim.api.nvim_buf_get_lines(caller, 0, -1, false))
local file = io.open(os.getenv('OUTPUT'), 'w')
file:write(vim.fn.json_encode(found))
file:close()
vim.cmd('qall!')
