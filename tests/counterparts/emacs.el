;;; emacs.el --- Opens a file in Emacs with Eglot and perflint, and writes down what is seen -*- lexical-binding: t -*-

;; Run as `emacs --batch -L EDITORS/emacs -l emacs.el FILE`; `SEEN` names the file for what is seen, as JSON.

(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(require 'json)
(require 'perflint)

(defun seen-wait (what test)
  "Wait until TEST gives something, and return that; give up on WHAT after a minute."
  (let ((end (+ (float-time) 60)) found)
    (while (and (not (setq found (funcall test))) (< (float-time) end))
      (accept-process-output nil 0.1))
    (or found (error "No %s" what))))

(perflint-eglot-add 'python-mode)
(find-file (pop command-line-args-left))
(apply #'eglot (eglot--guess-contact))
(let* ((first (car (seen-wait "finding" (lambda () (flymake-start) (flymake-diagnostics)))))
       (line (line-number-at-pos (flymake-diagnostic-beg first)))
       (text (flymake-diagnostic-text first))
       hover titles after)
  (goto-char (flymake-diagnostic-beg first))
  (seen-wait "hover" (lambda ()
                       (eglot-hover-eldoc-function (lambda (doc &rest _) (setq hover (substring-no-properties doc))))
                       (accept-process-output nil 0.2)
                       hover))
  ;; The user is asked which of the actions it is to be, by the keyboard.
  (cl-letf ((last-nonmenu-event ?a)
            ((symbol-function 'completing-read)
             (lambda (_prompt choices &rest _)
               (setq titles (mapcar (lambda (one) (if (consp one) (car one) one)) choices))
               (cl-find "Ignore n-plus-one-query on this line" titles :test #'equal))))
    (eglot-code-actions (flymake-diagnostic-beg first) (flymake-diagnostic-end first) nil t))
  (setq after (buffer-string))
  (with-temp-file (getenv "SEEN")
    (insert (json-encode `((line . ,line) (text . ,text) (hover . ,hover) (actions . ,(vconcat titles)) (after . ,after))))))
(eglot-shutdown-all)
;;; emacs.el ends here
