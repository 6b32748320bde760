;;; perflint.el --- Findings of perflint while you edit -*- lexical-binding: t -*-

;; Eglot (part of Emacs 29, a package for older ones) runs one server for a buffer; lsp-mode runs several.  With lsp-mode,
;; perflint runs beside the server that you have; with Eglot it takes its place in the modes that you choose.

;;; Code:

(defgroup perflint nil
  "Findings of perflint."
  :group 'tools)

(defcustom perflint-command '("perflint" "lsp")
  "The command that starts the server."
  :type '(repeat string))

(defcustom perflint-settings nil
  "Settings of the server as a property list.
For example `(:run \"onSave\" :minConfidence \"high\")'."
  :type 'plist)

(defvar eglot-server-programs)

(defun perflint-eglot-contact (_interactive)
  "How Eglot starts perflint."
  (append perflint-command
          (and perflint-settings (list :initializationOptions perflint-settings))))

(defun perflint-eglot-add (&rest modes)
  "Use perflint as Eglot's server of MODES."
  (with-eval-after-load 'eglot
    (dolist (mode modes)
      (add-to-list 'eglot-server-programs (cons mode #'perflint-eglot-contact)))))

;; SQL has no other server by default.  For another mode: (perflint-eglot-add 'python-mode)
(perflint-eglot-add 'sql-mode)

(with-eval-after-load 'lsp-mode
  (declare-function lsp-register-client "lsp-mode")
  (declare-function lsp-stdio-connection "lsp-mode")
  (declare-function make-lsp-client "lsp-mode")
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection (lambda () perflint-command))
    :activation-fn (lambda (file _mode)
                     (string-match-p "\\.\\(?:[cm]?jsx?\\|[cm]?tsx?\\|pyi?\\|rs\\|sql\\)\\'" file))
    :add-on? t
    :initialization-options (lambda () perflint-settings)
    :server-id 'perflint)))

(provide 'perflint)
;;; perflint.el ends here
