/** Keeps responses of models that ask for it. */
@NullMarked
package io.longshore.ejb.cache;

import org.jspecify.annotations.NullMarked;
