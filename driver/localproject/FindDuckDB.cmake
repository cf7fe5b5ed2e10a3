# Finds DuckDB's C API: duckdb.h and libduckdb.so, in DUCKDB_ROOT (variable or environment), in the place where app/setup
# keeps the pinned download, or on the system. Defines the target DuckDB::DuckDB and DuckDB_LIBRARY.
if(NOT DUCKDB_ROOT)
    set(DUCKDB_ROOT "$ENV{DUCKDB_ROOT}")
endif()
if(NOT DUCKDB_ROOT)
    if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
        set(DUCKDB_ROOT "$ENV{XDG_CACHE_HOME}/hoglet/duckdb-1.4.4")
    else()
        set(DUCKDB_ROOT "$ENV{HOME}/.cache/hoglet/duckdb-1.4.4")
    endif()
endif()

find_path(DuckDB_INCLUDE_DIR duckdb.h HINTS ${DUCKDB_ROOT} ${DUCKDB_ROOT}/include)
find_library(DuckDB_LIBRARY duckdb HINTS ${DUCKDB_ROOT} ${DUCKDB_ROOT}/lib)
set(DuckDB_VERSION 1.4.4)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB REQUIRED_VARS DuckDB_LIBRARY DuckDB_INCLUDE_DIR VERSION_VAR DuckDB_VERSION
    REASON_FAILURE_MESSAGE "Run app/run or tests/run once: they fetch the pinned build. Or set DUCKDB_ROOT.")

if(DuckDB_FOUND AND NOT TARGET DuckDB::DuckDB)
    add_library(DuckDB::DuckDB SHARED IMPORTED)
    set_target_properties(DuckDB::DuckDB PROPERTIES
        IMPORTED_LOCATION ${DuckDB_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${DuckDB_INCLUDE_DIR})
endif()
mark_as_advanced(DuckDB_INCLUDE_DIR DuckDB_LIBRARY)
