-- Drives Neovim as a user does, and writes what is to be seen to the file that $SEEN names.

local seen = {}

local function finish()
  local file = assert(io.open(vim.env.SEEN, "w"))
  file:write(vim.fn.json_encode(seen))
  file:close()
  vim.cmd("qall!")
end

local function wait_for(what, is_there)
  if not vim.wait(60000, is_there, 20) then
    seen.gave_up = what
    finish()
  end
end

local function codes()
  return vim.tbl_map(function(diagnostic)
    return diagnostic.code or (diagnostic.user_data or {}).lsp and diagnostic.user_data.lsp.code
  end, vim.diagnostic.get(0))
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function run()
  wait_for("diagnostics", function()
    return #vim.diagnostic.get(0) > 0
  end)
  seen.codes = codes()
  local first = vim.diagnostic.get(0)[1]
  seen.line = first.lnum
  seen.message = first.message
  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })

  vim.lsp.buf.hover()
  local float
  wait_for("hover", function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= "" then
        float = window
        return true
      end
    end
    return false
  end)
  seen.hover = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float), 0, -1, false), "\n")
  vim.api.nvim_win_close(float, true)

  -- An edit that is not saved takes the finding away, and taking it back brings it back.
  local before = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.api.nvim_buf_set_lines(0, first.lnum, first.lnum + 1, false, { "        pass" })
  wait_for("a clean buffer", function()
    return #vim.diagnostic.get(0) == 0
  end)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, before)
  wait_for("diagnostics again", function()
    return #vim.diagnostic.get(0) > 0
  end)

  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
  vim.ui.select = function(items, options, choose)
    seen.actions = vim.tbl_map(options.format_item, items)
    for place, title in ipairs(seen.actions) do
      if title:match("on this line") then
        choose(items[place], place)
        return
      end
    end
  end
  vim.lsp.buf.code_action()
  wait_for("an action", function()
    return text():match("perflint%-ignore") ~= nil
  end)
  wait_for("no diagnostics", function()
    return #vim.diagnostic.get(0) == 0
  end)
  seen.text = text()
  finish()
end

local ok, problem = pcall(run)
if not ok then
  seen.problem = tostring(problem)
  finish()
end
