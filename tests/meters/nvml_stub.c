/* A stand-in for libnvidia-ml.so.1, so that the real nvidia-ml-py is tested without a GPU.

   Two cards: an A40 at 250 W whose counter moves every 20 ms, and one that is lost. Names, codes and
   structures are those of the NVML API reference. */

#include <string.h>
#include <time.h>

typedef struct {
    unsigned int field, scope;
    long long timestamp, latency;
    unsigned int type, code;
    union { double d; unsigned int ui; unsigned long long ull; } value;
} field_t;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gpu, compute; } process_t;
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned int gpu, memory; } utilization_t;
typedef struct { unsigned long long at_us; unsigned long long value; } sample_t;

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7, GPU_IS_LOST = 15 };
enum { POWER_INSTANT = 186, HELD_BY_HEAT = 75, UINT = 1, ULONGLONG = 3 };

static int card;

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

int nvmlInitWithFlags(unsigned int flags) { return SUCCESS; }
int nvmlInit_v2(void) { return SUCCESS; }
int nvmlShutdown(void) { return SUCCESS; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 2; return SUCCESS; }

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **handle) {
    *handle = &card;
    return index ? GPU_IS_LOST : SUCCESS;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, void **handle) {
    *handle = &card;
    return strcmp(uuid, "GPU-0") ? NOT_FOUND : SUCCESS;
}

int nvmlDeviceGetUUID(void *handle, char *text, unsigned int length) {
    strcpy(text, "GPU-0");
    return SUCCESS;
}

int nvmlDeviceGetName(void *handle, char *text, unsigned int length) {
    strcpy(text, "NVIDIA A40");
    return SUCCESS;
}

int nvmlDeviceGetMigMode(void *handle, unsigned int *current, unsigned int *pending) {
    return NOT_SUPPORTED;
}

int nvmlDeviceGetArchitecture(void *handle, unsigned int *generation) {
    *generation = 7;
    return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(void *handle, unsigned long long *energy_mj) {
    *energy_mj = (unsigned long long)(now_s() / 0.02) * 5000; /* 250 W for 20 ms */
    return SUCCESS;
}

int nvmlDeviceGetPowerUsage(void *handle, unsigned int *power_mw) {
    *power_mw = 250000;
    return SUCCESS;
}

int nvmlDeviceGetFieldValues(void *handle, int count, field_t *fields) {
    for (int i = 0; i < count; i++) {
        fields[i].code = SUCCESS;
        if (fields[i].field == POWER_INSTANT) {
            fields[i].type = UINT;
            fields[i].value.ui = 250123;
        } else if (fields[i].field == HELD_BY_HEAT) {
            fields[i].type = ULONGLONG;
            fields[i].value.ull = (unsigned long long)(now_s() * 0.5e9);
        } else {
            fields[i].code = NOT_SUPPORTED;
        }
    }
    return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(void *handle, utilization_t *rates) {
    rates->gpu = 42;
    rates->memory = 1;
    return SUCCESS;
}

int nvmlDeviceGetSamples(void *handle, int kind, unsigned long long after, unsigned int *type,
                         unsigned int *count, sample_t *samples) {
    *type = UINT;
    *count = 4;
    for (int i = 0; samples && i < 4; i++) {
        samples[i].at_us = 1000000 + i * 167000;
        samples[i].value = 42;
    }
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(void *handle, memory_t *memory) {
    memory->total = 48ull << 30;
    memory->used = 3ull << 30;
    memory->free = 45ull << 30;
    return SUCCESS;
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned int *count, process_t *found) {
    *count = 1;
    if (!found)
        return INSUFFICIENT_SIZE;
    found->pid = 1;
    found->used = 5ull << 30;
    found->gpu = found->compute = -1;
    return SUCCESS;
}

const char *nvmlErrorString(int code) { return "GPU is lost"; }
