package io.longshore.bench.floor;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Everything below {@code /floor}. */
@ApplicationPath("/")
public class FloorApplication extends Application {}
