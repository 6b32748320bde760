-- perflint in Neovim: put this file into the folder `plugin` of your configuration (`~/.config/nvim/plugin/perflint.lua`).
-- It needs Neovim 0.7 or newer and no plugin.

local settings = {
  -- enable = true,
  -- config = "perflint.toml",    -- in place of the projects' own
  -- run = "onType",              -- or "onSave"
  -- minConfidence = "medium",    -- or "high", "low"
  -- openFilesOnly = false,
}

local filetypes = {
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "python",
  "rust",
  "sql",
}

-- What stands at the root of a project; the nearest folder up from the file that has one of these.
local markers = { "perflint.toml", ".git", "package.json", "pyproject.toml", "Cargo.toml" }

local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  while true do
    for _, marker in ipairs(markers) do
      if vim.loop.fs_stat(folder .. "/" .. marker) then
        return folder
      end
    end
    local parent = vim.fn.fnamemodify(folder, ":h")
    if parent == folder then
      return vim.fn.fnamemodify(path, ":p:h")
    end
    folder = parent
  end
end

-- One server for each project.
local clients = {}

local function attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return
  end
  local root = root_of(path)
  if not clients[root] then
    clients[root] = vim.lsp.start_client({
      name = "perflint",
      cmd = { vim.g.perflint_path or "perflint", "lsp" },
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
      init_options = settings,
      settings = { perflint = settings },
      on_exit = function()
        clients[root] = nil
      end,
    })
  end
  if clients[root] then
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

vim.api.nvim_create_autocmd("FileType", {
  group = vim.api.nvim_create_augroup("perflint", { clear = true }),
  pattern = filetypes,
  callback = function(event)
    attach(event.buf)
  end,
})
