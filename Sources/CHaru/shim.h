#ifndef MEDUSA_HARU_SHIM_H
#define MEDUSA_HARU_SHIM_H
#include <hpdf.h>
#endif
