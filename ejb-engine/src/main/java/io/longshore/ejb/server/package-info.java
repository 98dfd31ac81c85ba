/** The server put together from its settings: the engine with its memory, threads, backends and repository. */
@NullMarked
package io.longshore.ejb.server;

import org.jspecify.annotations.NullMarked;
