# shellcheck shell=bash
# A private MariaDB server: found or installed, made once, stopped with whoever started it. Only Debian's core packages
# are installed: they bring no service and no database of their own, so that nothing system-wide starts.
# mdb_server sets MDB_SOCKET, MDB_PORT and MDB_PID; mdb_stop stops what it started.

MDB_BIN='' MDB_CLIENT='' MDB_INSTALL='' MDB_DATA='' MDB_SOCKET='' MDB_PORT='' MDB_PID='' MDB_OWNER='' MDB_LOG=''

mdb_find() {
  local path=$PATH:/usr/sbin:/usr/local/sbin:/usr/local/mysql/bin
  MDB_BIN=$(PATH=$path command -v mariadbd) && MDB_CLIENT=$(PATH=$path command -v mariadb) &&
    MDB_INSTALL=$(PATH=$path command -v mariadb-install-db)
}

# Says what is missing and fails; whether that ends anything is the caller's choice.
mdb_require() {
  mdb_find && return
  install_packages mariadb-server-core mariadb-client-core && mdb_find
}

# mdb_server DIR [OPTION…]: makes the data folder in DIR when it is not there, and starts the server.
mdb_server() {
  MDB_DATA=$1/mariadb
  MDB_LOG=$1/mariadb.log
  mdb_choose_owner
  mdb_make_socket_dir "$1"
  if [[ ! -e $MDB_LOG ]]; then : >"$MDB_LOG"; fi
  chown "$MDB_OWNER" "$MDB_LOG"
  [[ -e $MDB_DATA ]] || mdb_init
  mdb_launch "${@:2}"
  mdb_wait_until_ready || {
    tail -n 20 "$MDB_LOG" >&2
    die "MariaDB không khởi động được (xem các dòng trên)." "MariaDB did not start (see the lines above)."
  }
}

mdb_choose_owner() {
  MDB_OWNER=$(id -un)
  is_root || return 0
  # Once made, a data folder stays with its owner, whoever that is.
  [[ -e $MDB_DATA ]] && MDB_OWNER=$(stat -c %U "$MDB_DATA")
  [[ $MDB_OWNER != root ]] || MDB_OWNER=$(id -un mysql 2>/dev/null || echo nobody)
  as_user "$MDB_OWNER" test -x "$(dirname "$MDB_DATA")" || die \
    "Người dùng $MDB_OWNER không vào được thư mục $(dirname "$MDB_DATA"). MariaDB không chạy bằng root; hãy chọn --home khác." \
    "User $MDB_OWNER cannot enter $(dirname "$MDB_DATA"). MariaDB does not run as root; choose another --home." 73
}

# A socket's path is at most 107 characters.
mdb_make_socket_dir() {
  local dir=$1/mariadb-run
  if ((${#dir} > 85)) || [[ ! $dir =~ ^[A-Za-z0-9/._-]+$ ]]; then
    dir=/tmp/datahub-mariadb-$EUID-$(printf %s "$1" | sha256sum | head -c 12)
    is_root && dir=/run/${dir##*/}
  fi
  if ! mkdir -m 700 "$dir" 2>/dev/null; then
    [[ -d $dir && ! -L $dir && $(stat -c %U "$dir") =~ ^($(id -un)|$MDB_OWNER)$ ]] ||
      die "Thư mục $dir không thuộc người dùng này." "Folder $dir does not belong to this user." 73
  fi
  chown "$MDB_OWNER" "$dir"
  MDB_SOCKET=$dir/mariadb.sock
}

# The user who runs the hub is the server's root by the socket's peer; every other account needs its password.
mdb_init() {
  local new=$MDB_DATA.new
  # Made beside its place and moved when whole, so that a crash here leaves no half database.
  rm -rf "$new"
  mkdir -m 700 "$new"
  chown "$MDB_OWNER" "$new"
  as_user "$MDB_OWNER" "$MDB_INSTALL" --no-defaults --datadir="$new" --skip-test-db --skip-name-resolve \
    --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" >"$MDB_LOG" 2>&1 || {
    cat "$MDB_LOG" >&2
    die "Không tạo được cơ sở dữ liệu MariaDB." "The MariaDB database could not be made."
  }
  mv "$new" "$MDB_DATA"
}

# No option file of the system is read. TERM is an orderly shutdown; it also gets that when this script is killed.
mdb_launch() {
  local identity=()
  is_root && identity=(--reuid="$MDB_OWNER" --regid="$(id -g "$MDB_OWNER")" --clear-groups --reset-env)
  rm -f "$MDB_SOCKET"
  (
    exec 8>&- 9>&-
    cd /
    exec setsid setpriv "${identity[@]}" --pdeathsig TERM -- "$MDB_BIN" --no-defaults --datadir="$MDB_DATA" \
      --socket="$MDB_SOCKET" --pid-file="${MDB_SOCKET%.sock}.pid" --skip-name-resolve --local-infile=OFF \
      --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci --performance-schema=OFF \
      --skip-log-bin "$@" </dev/null
  ) >>"$MDB_LOG" 2>&1 &
  MDB_PID=$!
}

mdb_wait_until_ready() {
  while is_running "$MDB_PID"; do
    mdb_sql -e 'DO 0' 2>/dev/null && return
    sleep 0.1
  done
  MDB_PID=''
  return 1
}

# mdb_sql [mariadb arguments]: as the administrator, over the socket.
mdb_sql() { "$MDB_CLIENT" --no-defaults --batch --skip-column-names -S "$MDB_SOCKET" -u root "$@"; }

# A MySqlConnector connection string of the administrator.
mdb_connection() { printf 'Server=%s;ConnectionProtocol=Unix;User ID=root' "$MDB_SOCKET"; }

mdb_stop() {
  stop_child "$MDB_PID" TERM 60
  MDB_PID=''
}

# mdb_temporary DIR [OPTION…]: a server for one run; its folder is the caller's to remove. Loopback too: tests need a port.
mdb_temporary() {
  local port
  for port in $(shuf -n 50 -i 20000-32000); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  MDB_PORT=$port
  mdb_server "$1" --bind-address=127.0.0.1 --port="$port" --max-connections=300 --innodb-buffer-pool-size=256M \
    --innodb-log-file-size=64M --innodb-flush-log-at-trx-commit=0 --skip-innodb-doublewrite --sync-frm=OFF \
    --innodb-flush-method=nosync --max-allowed-packet=256M "${@:2}"
  DATAHUB_TEST_MARIADB=$(mdb_connection)
  export DATAHUB_TEST_MARIADB DATAHUB_TEST_MARIADB_CLIENT=$MDB_CLIENT
}

mdb_remove_socket() { [[ -z $MDB_SOCKET ]] || rm -rf "${MDB_SOCKET%/*}"; }
