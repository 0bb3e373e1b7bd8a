/* A Modbus TCP device made of libmodbus: holding registers from a file, nothing of Hallwatt in it.
 * libmodbus-server <first address> <file of uint16 numbers>; prints its port. Ends with its input. */
#include <errno.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  FILE *file = fopen(argv[2], "r");
  if (!file) return 2;
  static uint16_t words[65536];
  int count = 0;
  unsigned word;
  while (count < 65536 && fscanf(file, "%u", &word) == 1) words[count++] = (uint16_t)word;
  fclose(file);
  modbus_mapping_t *map = modbus_mapping_new_start_address(0, 0, 0, 0, atoi(argv[1]), count, 0, 0);
  if (!map) return 1;
  for (int i = 0; i < count; i++) map->tab_registers[i] = words[i];
  /* libmodbus takes port 0 for its default, so a free one is asked of the system first. */
  modbus_t *ctx = NULL;
  int listening = -1, port = 0;
  for (int tries = 0; tries < 20 && listening < 0; tries++) {
    port = 20000 + (getpid() * 7 + tries * 131) % 20000;
    ctx = modbus_new_tcp("127.0.0.1", port);
    listening = modbus_tcp_listen(ctx, 4);
    if (listening < 0) modbus_free(ctx);
  }
  if (listening < 0) return 1;
  printf("%d\n", port);
  fflush(stdout);
  fd_set open;
  FD_ZERO(&open);
  FD_SET(listening, &open);
  FD_SET(0, &open);
  for (;;) {
    fd_set ready = open;
    if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0 && errno != EINTR) return 1;
    for (int fd = 0; fd < FD_SETSIZE; fd++) {
      if (!FD_ISSET(fd, &ready)) continue;
      if (fd == 0) return 0;
      if (fd == listening) {
        int accepted = modbus_tcp_accept(ctx, &listening);
        if (accepted >= 0) FD_SET(accepted, &open);
        continue;
      }
      uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
      modbus_set_socket(ctx, fd);
      int length = modbus_receive(ctx, query);
      if (length > 0) modbus_reply(ctx, query, length, map);
      else if (length < 0) {
        close(fd);
        FD_CLR(fd, &open);
      }
    }
  }
}
