/** MicroProfile Health checks over the same {@link io.longshore.inference.ServerStatus} that V2 health reads. */
@NullMarked
package io.longshore.web.health;

import org.jspecify.annotations.NullMarked;
