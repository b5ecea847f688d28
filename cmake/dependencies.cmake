# Every library that Herald stands on, as Debian 12 and 13 package it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv>=1.44)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.88)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-i18n>=72 icu-uc>=72)

# mbedTLS 2.28 has no pkg-config file.
find_path(MBEDTLS_INCLUDE_DIR mbedtls/ssl.h REQUIRED)
find_library(MBEDTLS_LIBRARY mbedtls REQUIRED)
find_library(MBEDX509_LIBRARY mbedx509 REQUIRED)
find_library(MBEDCRYPTO_LIBRARY mbedcrypto REQUIRED)
add_library(MbedTLS INTERFACE IMPORTED)
target_include_directories(MbedTLS INTERFACE ${MBEDTLS_INCLUDE_DIR})
target_link_libraries(MbedTLS INTERFACE ${MBEDTLS_LIBRARY} ${MBEDX509_LIBRARY} ${MBEDCRYPTO_LIBRARY})

# Debian's node-llhttp package carries the generated C of llhttp; no copy of it is kept here.
find_path(LLHTTP_INCLUDE_DIR llhttp.h REQUIRED
    HINTS /usr/share/include/llhttp /usr/include/llhttp /usr/share/nodejs/llhttp/build
    DOC "Folder of llhttp.h (Debian: package node-llhttp)")
find_path(LLHTTP_SOURCE_DIR llhttp.c REQUIRED
    HINTS /usr/share/llhttp /usr/share/nodejs/llhttp/build/c /usr/share/nodejs/llhttp/src/native
    DOC "Folder of llhttp.c (Debian: package node-llhttp)")
file(GLOB LLHTTP_SOURCES ${LLHTTP_SOURCE_DIR}/*.c)
