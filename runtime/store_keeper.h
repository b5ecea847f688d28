/*
 * The thread that keeps the store in order beside the writer: checkpoints, and backups on request.
 */
#ifndef HERALD_STORE_KEEPER_H
#define HERALD_STORE_KEEPER_H

struct store_backend;
struct store_keeper;
struct store_keeper_side;
struct store_request;

/* Takes the side over. NULL: no thread can be made, and the side is still the caller's. */
struct store_keeper *store_keeper_start(const struct store_backend *backend, struct store_keeper_side *side);

/* Answers what waits, ends the thread, closes the side, frees. */
void store_keeper_stop(struct store_keeper *keeper);

/* STORE_BACKUP alone; any thread. As store_submit. */
int store_keeper_submit(struct store_keeper *keeper, struct store_request *request);

#endif
