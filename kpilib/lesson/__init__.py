"""Lessons: exercises that name the usual mistakes, the kit of a class, and what it got right."""

from kpilib.lesson.asked import asked, slip
from kpilib.lesson.kinds import Chart, Choice, Frame, Number, Said
from kpilib.lesson.of_row import exercise

__all__ = ["Chart", "Choice", "Frame", "Number", "Said", "asked", "exercise", "slip"]
