// PURE. What makes a shell ask `streamctl __complete` when Tab is pressed. It knows nothing of the commands, so it never grows old.

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for streamctl:  source <(streamctl completion bash)
_streamctl() {
  local line found word last=0 words=("")
  # bash takes HOST:PORT and --host=HOST apart at the colon and at the equals sign
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $word == [:=]* || \${words[last]} == *[:=] ]]; then
      words[last]+=$word
    else
      words[++last]=$word
    fi
  done
  found=$("\${COMP_WORDS[0]}" __complete -- "\${words[@]:1}" 2>/dev/null) || return
  COMPREPLY=()
  if [ "$found" = ":files" ]; then
    compopt -o default 2>/dev/null
    return
  fi
  while IFS=$'\\t' read -r line _; do
    [ -n "$line" ] && COMPREPLY+=("$line")
  done <<<"$found"
}
complete -F _streamctl streamctl
`,
  zsh: `#compdef streamctl
# zsh completion for streamctl:  source <(streamctl completion zsh)
_streamctl() {
  local found
  local -a lines
  found=$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null) || return 1
  if [[ $found == ":files" ]]; then
    _files
    return
  fi
  lines=("\${(@f)found}")
  lines=("\${(@)lines//:/\\\\:}")
  lines=("\${(@)lines/$'\\t'/:}")
  _describe streamctl lines
}
if [ "\${funcstack[1]}" = "_streamctl" ]; then
  _streamctl "$@"
else
  compdef _streamctl streamctl
fi
`,
  fish: `# fish completion for streamctl:  streamctl completion fish | source
function __streamctl_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found ($words[1] __complete -- $words[2..] 2>/dev/null)
  if test "$found" = ":files"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c streamctl -f -a '(__streamctl_complete)'
`,
};
