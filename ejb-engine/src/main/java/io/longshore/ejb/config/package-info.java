/**
 * The settings of the server: every {@code longshore.*} key with its range and default, read through MicroProfile Config,
 * checked all at once, and handed on as one immutable {@link io.longshore.ejb.config.LongshoreConfig}.
 */
@NullMarked
package io.longshore.ejb.config;

import org.jspecify.annotations.NullMarked;
