# shellcheck shell=bash
# A private PostgreSQL cluster: found or installed, made once, reachable by this user's unix socket alone.
# pg_cluster sets PG_BIN, PG_DATA, PG_SOCKET and PG_PID; pg_stop stops what it started.

# The administrator's own PGHOST, PGUSER… must not lead psql elsewhere.
unset "${!PG@}"
readonly PG_OLDEST=15 PG_PORT=5432
PG_BIN='' PG_DATA='' PG_SOCKET='' PG_PID='' PG_OWNER='' PG_LOG=''

# pg_find [MAJOR]: the newest installed release that is new enough, or exactly that major.
pg_find() {
  local place version best=0
  PG_BIN=''
  for place in "${DATAHUB_PG_BIN:-}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
    "$(dirname "$(command -v postgres || echo /-)")"; do
    [[ -x $place/postgres && -x $place/initdb && -x $place/psql ]] || continue
    version=$("$place/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    [[ ${1:-$version} == "$version" ]] || continue
    ((version >= PG_OLDEST && version > best)) || continue
    best=$version
    PG_BIN=$place
  done
  [[ -n $PG_BIN ]]
}

# pg_require [MAJOR]
pg_require() {
  pg_find "$@" && return
  [[ -z ${1:-} ]] || die "Dữ liệu này thuộc PostgreSQL $1 nhưng máy chưa có bản đó. Hãy cài gói postgresql-$1." \
    "This data belongs to PostgreSQL $1, which is not installed. Install the package postgresql-$1." 69
  pg_install && pg_find && return
  die "Cần PostgreSQL $PG_OLDEST trở lên." "PostgreSQL $PG_OLDEST or newer is needed." 69
}

# The package would make and start a cluster of its own that nobody asked for; a setting that stands only
# while it is being installed prevents that.
pg_install() {
  local setting=/etc/postgresql-common/createcluster.d/datahub.conf sudo='' rc=0
  if ! command -v apt-get >/dev/null || { ! is_root && ! sudo -n true 2>/dev/null && [[ ! -t 0 ]]; }; then
    install_packages postgresql
    return
  fi
  is_root || sudo=sudo
  $sudo mkdir -p "${setting%/*}"
  $sudo sh -c "echo 'create_main_cluster = false' >$setting"
  install_packages postgresql || rc=$?
  $sudo rm -f "$setting"
  return $rc
}

# Runs a command as the cluster's owner: PostgreSQL refuses root.
as_owner() { as_user "$PG_OWNER" "$@"; }

# pg_cluster DIR [SETTING…]: makes the cluster in DIR when it is not there, and starts it.
pg_cluster() {
  local dir=$1 major=''
  PG_DATA=$dir/postgres
  PG_LOG=$dir/postgres-start.log
  [[ -e $PG_DATA ]] && major=$(cat "$PG_DATA/PG_VERSION")
  pg_require ${major:+"$major"}
  pg_choose_owner
  pg_make_socket_dir "$dir"
  [[ -e $PG_DATA ]] || pg_init
  pg_configure "${@:2}"
  pg_start
}

pg_choose_owner() {
  PG_OWNER=$(id -un)
  is_root || return 0
  # Once made, a cluster stays with its owner, whoever that is.
  [[ -e $PG_DATA ]] && PG_OWNER=$(stat -c %U "$PG_DATA")
  [[ $PG_OWNER != root ]] || PG_OWNER=$(id -un postgres 2>/dev/null || echo nobody)
  as_owner test -x "$(dirname "$PG_DATA")" || die \
    "Người dùng $PG_OWNER không vào được thư mục $(dirname "$PG_DATA"). PostgreSQL không chạy bằng root; hãy chọn --home khác." \
    "User $PG_OWNER cannot enter $(dirname "$PG_DATA"). PostgreSQL does not run as root; choose another --home." 73
}

# A socket's path is at most 107 characters, and a connection string has its own ideas of ',', ':' and ';'.
pg_make_socket_dir() {
  PG_SOCKET=$1/run
  if ((${#PG_SOCKET} > 85)) || [[ ! $PG_SOCKET =~ ^[A-Za-z0-9/._-]+$ ]]; then
    PG_SOCKET=/tmp/datahub-$EUID-$(printf %s "$1" | sha256sum | head -c 12)
    is_root && PG_SOCKET=/run/${PG_SOCKET##*/}
  fi
  if ! mkdir -m 700 "$PG_SOCKET" 2>/dev/null; then
    [[ -d $PG_SOCKET && ! -L $PG_SOCKET && $(stat -c %U "$PG_SOCKET") =~ ^($(id -un)|$PG_OWNER)$ ]] ||
      die "Thư mục $PG_SOCKET không thuộc người dùng này." "Folder $PG_SOCKET does not belong to this user." 73
  fi
  chown "$PG_OWNER" "$PG_SOCKET"
}

pg_init() {
  local new=$PG_DATA.new
  # Made beside its place and moved when whole, so that a crash here leaves no half cluster.
  rm -rf "$new"
  mkdir -m 700 "$new"
  chown "$PG_OWNER" "$new"
  as_owner "$PG_BIN/initdb" --pgdata="$new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    --auth-local=peer --auth-host=reject --no-instructions >"$PG_LOG" 2>&1 || {
    cat "$PG_LOG" >&2
    die "Không tạo được cụm PostgreSQL." "The PostgreSQL cluster could not be made."
  }
  echo "include_if_exists = 'datahub.conf'" >>"$new/postgresql.conf"
  mv "$new" "$PG_DATA"
}

# Written at every start: the folder may have moved, the settings may have been improved.
# The user who runs the hub is postgres and datahub by peer authentication; every other role needs its password.
pg_configure() {
  printf '%s\n' "listen_addresses = ''" "port = $PG_PORT" "unix_socket_directories = '$PG_SOCKET'" \
    "unix_socket_permissions = 0700" "wal_level = logical" "timezone = 'UTC'" "log_timezone = 'UTC'" \
    "lc_messages = 'C'" "password_encryption = 'scram-sha-256'" "$@" >"$PG_DATA/datahub.conf"
  printf 'local all %s\n' 'postgres peer map=hub' 'datahub peer map=hub' 'all scram-sha-256' >"$PG_DATA/pg_hba.conf"
  printf 'local replication all scram-sha-256\n' >>"$PG_DATA/pg_hba.conf"
  printf 'hub "%s" %s\n' "$(id -un)" postgres "$(id -un)" datahub >"$PG_DATA/pg_ident.conf"
  chown "$PG_OWNER" "$PG_DATA"/{datahub,pg_hba,pg_ident}.conf
}

pg_start() {
  local patience=$((SECONDS + 10)) dying='lock file ".*" already exists|pre-existing shared memory block'
  while true; do
    pg_forget_dead_postmaster
    pg_launch
    pg_wait_until_ready && return
    # After a kill the old processes may take some seconds to be gone; nothing else is worth a second try.
    if ! grep -qE "$dying" "$PG_LOG" || ((SECONDS >= patience)); then
      tail -n 20 "$PG_LOG" >&2
      die "PostgreSQL không khởi động được (xem các dòng trên)." "PostgreSQL did not start (see the lines above)."
    fi
    sleep 0.5
  done
}

# After a restart of the machine its number may belong to another program, and PostgreSQL would not dare to start.
pg_forget_dead_postmaster() {
  local pid
  [[ -e $PG_DATA/postmaster.pid ]] || return 0
  pid=$(head -n 1 "$PG_DATA/postmaster.pid")
  [[ $(cat "/proc/$pid/comm" 2>/dev/null) == postgres ]] || rm -f "$PG_DATA/postmaster.pid"
}

# INT is PostgreSQL's fast shutdown; it also gets that when this script is killed.
pg_launch() {
  local identity=()
  is_root && identity=(--reuid="$PG_OWNER" --regid="$(id -g "$PG_OWNER")" --clear-groups --reset-env)
  (
    exec 8>&- 9>&-
    cd /
    exec setsid setpriv "${identity[@]}" --pdeathsig INT -- "$PG_BIN/postgres" -D "$PG_DATA" </dev/null
  ) >"$PG_LOG" 2>&1 &
  PG_PID=$!
}

pg_wait_until_ready() {
  while is_running "$PG_PID"; do
    "$PG_BIN/pg_isready" -q -h "$PG_SOCKET" -p "$PG_PORT" && return
    sleep 0.1
  done
  PG_PID=''
  return 1
}

# pg_sql [psql arguments]: as the superuser, over the socket.
pg_sql() { "$PG_BIN/psql" -X -q -At -v ON_ERROR_STOP=1 -h "$PG_SOCKET" -p "$PG_PORT" -U postgres -d postgres "$@"; }

# pg_connection ROLE: an Npgsql connection string; its database is the one of the same name.
pg_connection() { printf 'Host=%s;Port=%s;Username=%s' "$PG_SOCKET" "$PG_PORT" "$1"; }

pg_stop() {
  stop_child "$PG_PID" INT 60
  PG_PID=''
}

# pg_temporary SETTING…: a cluster for one run, in a folder that remove_temporary deletes.
pg_temporary() {
  PG_TEMPORARY=$(mktemp -d "${TMPDIR:-/var/tmp}/datahub.XXXXXX")
  # The cluster's owner must get through; the folders inside are its own.
  is_root && chmod 711 "$PG_TEMPORARY"
  pg_cluster "$PG_TEMPORARY" "$@"
  DATAHUB_TEST_SERVER=$(pg_connection postgres)
  export DATAHUB_TEST_SERVER DATAHUB_TEST_CLUSTER_BIN=$PG_BIN
}

remove_temporary() {
  pg_stop
  [[ -z ${PG_TEMPORARY:-} ]] || rm -rf "$PG_TEMPORARY"
  # A long TMPDIR has its sockets elsewhere.
  [[ -z ${PG_TEMPORARY:-} || ! -d $PG_SOCKET ]] || rm -rf "$PG_SOCKET"
}
