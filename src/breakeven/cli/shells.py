"""Shells: the script of each that asks the command what may follow, and puts the answer in place.

Click's own scripts lose words: in zsh a value typed as `--flag=value` takes the place of the flag,
bash and fish offer none there; bash leaves blanks in names as they are, which makes two words of
one; fish ends a name, and what is said of it, at the first comma.
"""

from collections.abc import Mapping

from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

_BASH = """\
%(complete_func)s() {
    local IFS=$' \\t\\n' answer answers before last="" now typed=() value word
    COMPREPLY=()
    # Readline takes words apart at = and :, and puts only the last part in place.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD + 1}"; do
        if [[ -n $last && ( $word == [=:]* || $last == *[=:] ) ]]; then
            typed[-1]+=$word
        else
            typed+=("$word")
        fi
        last=$word
    done
    now=${typed[-1]}
    [[ $now == --*=* ]] && now=${now#*=}
    [[ $last == [=:]* ]] && last=""
    before=${now%%"$last"}
    before=${before//[^=:]/}

    mapfile -t answers < <(env COMP_WORDS="${typed[*]}" COMP_CWORD=$((${#typed[@]} - 1)) \
%(complete_var)s=bash_complete "$1")
    for answer in "${answers[@]}"; do
        value=${answer#*,}
        for (( word = 0; word < ${#before}; word++ )); do value=${value#*[=:]}; done
        case ${answer%%%%,*} in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                [[ $last == [\\'\\"]* ]] || printf -v value %%q "$value"
                COMPREPLY+=("$value")
                ;;
        esac
    done
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a answers names told
    local type value meaning
    (( $+commands[%(prog_name)s] )) || return 1

    answers=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT - 1)) \
%(complete_var)s=zsh_complete %(prog_name)s)}")
    compset -P '*='
    for type value meaning in "${answers[@]}"; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain) [[ $meaning == _ ]] && names+=("$value") || told+=("$value:$meaning") ;;
        esac
    done
    (( $#told )) && _describe -V unsorted told
    (( $#names )) && compadd -V unsorted -a names
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    set -l flag (string match --regex -- '^--[^=]+=' (commandline -ct))
    set -l answers (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \
COMP_CWORD=(commandline -ct) %(prog_name)s)
    for answer in $answers
        set -l parts (string split --max 1 "," -- $answer)
        switch $parts[1]
            case dir
                printf '%%s\\n' "$flag"(__fish_complete_directories $parts[2])
            case file
                printf '%%s\\n' "$flag"(__fish_complete_path $parts[2])
            case plain
                printf '%%s\\n' "$flag$parts[2]"
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Bash(BashComplete):
    source_template = _BASH


class _Zsh(ZshComplete):
    source_template = _ZSH


class _Fish(FishComplete):
    source_template = _FISH


SCRIPTS: Mapping[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
"""Shell -> what makes its script."""
