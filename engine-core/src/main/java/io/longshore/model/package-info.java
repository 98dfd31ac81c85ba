/**
 * What a model is: its identity, its complete and valid configuration, and the parts of it.
 */
@NullMarked
package io.longshore.model;

import org.jspecify.annotations.NullMarked;
