#ifndef MEDUSA_HARU_SHIM_H
#define MEDUSA_HARU_SHIM_H
#include <hpdf.h>
/* Whether a font has a glyph is asked of its definition. */
#include <hpdf_doc.h>
#include <hpdf_fontdef.h>
#endif
