// libyaml, as it is.
#ifndef MEDUSA_YAML_SHIM_H
#define MEDUSA_YAML_SHIM_H

#include <yaml.h>

#endif
